/** Parameters of every optimizer that are small enough for a test. A new optimizer needs a line here. */
export const smallParams: Readonly<Record<string, Record<string, number | string>>> = {
  'labeled-few-shot': { k: 8 },
  'bootstrap-few-shot': { max_bootstrapped_demos: 3, max_labeled_demos: 6, max_rounds: 2 },
  'bootstrap-few-shot-random-search': { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 3 },
  'bootstrap-few-shot-tpe': { max_demos: 3, max_labeled_demos: 6, num_candidate_programs: 4 },
  'knn-few-shot': { k: 2, max_labeled_demos: 4 },
  ensemble: { size: 2, max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 2 },
  copro: { breadth: 3, depth: 2 },
  gepa: { auto: 'manual', max_metric_calls: 80 },
  simba: { bsize: 6, num_candidates: 2, max_steps: 2 },
  'infer-rules': { num_candidates: 2, max_bootstrapped_demos: 2, max_labeled_demos: 3 },
  'mipro-v2': { auto: 'manual', num_candidates: 4, num_trials: 6, minibatch_size: 3, max_bootstrapped_demos: 2, max_labeled_demos: 2 },
}
