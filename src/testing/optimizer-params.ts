import fc from 'fast-check'
import type { JsonObject } from '@/lib/json'

const few = (most: number, least = 1) => fc.integer({ min: least, max: most })
const bootstrap = { max_bootstrapped_demos: few(3, 0), max_labeled_demos: few(5, 0), max_rounds: few(2), shrinking_pool: fc.boolean() }
const search = { ...bootstrap, max_bootstrapped_demos: few(3), num_candidate_programs: few(3, 0), stop_at_score: few(100) }
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(params: T): fc.Arbitrary<JsonObject> =>
  // Numbers and booleans, as the arbitraries above make them.
  fc.record(params, { requiredKeys: [] }).map(made => ({ ...made }) as JsonObject)

/** Parameters small enough that a compile takes a fraction of a second. A new optimizer needs a line here. */
export const optimizerParams: Readonly<Record<string, fc.Arbitrary<JsonObject>>> = {
  'labeled-few-shot': some({ k: few(8), sample: fc.boolean() }),
  'bootstrap-few-shot': some(bootstrap),
  'bootstrap-few-shot-random-search': some(search).map(params => ({ num_candidate_programs: 2, ...params })),
  'bootstrap-few-shot-tpe': some({ ...bootstrap, max_demos: few(3, 0), num_candidate_programs: few(4) }).map(
    ({ max_bootstrapped_demos: _none, ...params }) => ({ num_candidate_programs: 2, ...params }),
  ),
  'knn-few-shot': some({
    vectorizer: fc.constantFrom('lexical', 'embedding'),
    k: few(3),
    max_bootstrapped_demos: few(2, 0),
    max_labeled_demos: few(3, 0),
    max_rounds: few(2),
  }),
  ensemble: some({ ...search, size: few(3, 2) }).map(params => ({ num_candidate_programs: 2, ...params })),
  copro: fc.record({ breadth: few(3, 2), depth: few(2), view_data_batch_size: few(3, 0) }),
  gepa: fc.record({
    auto: fc.constant('manual'),
    max_metric_calls: few(90, 30),
    reflection_minibatch_size: few(4),
    component_selector: fc.constantFrom('all', 'round_robin'),
    acceptance_criterion: fc.constantFrom('strict_improvement', 'improvement_or_equal'),
  }),
  simba: fc.record({ bsize: few(6), num_candidates: few(3), max_steps: few(2), max_demos: few(2, 0) }),
  'infer-rules': some({ ...bootstrap, num_candidates: few(2) }).map(params => ({ num_candidates: 2, ...params })),
  'mipro-v2': fc.record({
    auto: fc.constant('manual'),
    num_candidates: few(3),
    num_trials: few(5),
    minibatch: fc.boolean(),
    minibatch_size: few(4),
    minibatch_full_eval_steps: few(3),
    max_bootstrapped_demos: few(2, 0),
    max_labeled_demos: few(2, 0),
    program_aware_proposer: fc.boolean(),
    data_aware_proposer: fc.boolean(),
    view_data_batch_size: few(6),
  }),
}
