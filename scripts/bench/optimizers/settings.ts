import type { JsonObject } from '@/lib/json'

export interface Contest {
  /** Parameters of ours; the seed of the run is added where the optimizer has one. */
  readonly params: JsonObject
  /**
   * Smaller sizes of ours for the comparison within DSPy's paid calls. Equal sizes cost ours more where DSPy proposes the same text
   * several times: its cache then answers.
   */
  readonly lean?: JsonObject
  /** DSPy's class and the arguments that make it the same search; absent where there is nothing to compare with. */
  readonly dspy?: { readonly name: string; readonly init: JsonObject; readonly compile?: JsonObject }
}

/** The same sizes on both sides, chosen so that each search costs some hundred calls. What is not here runs with its defaults. */
export const contests: Readonly<Record<string, Contest>> = {
  'labeled-few-shot': { params: {}, dspy: { name: 'LabeledFewShot', init: {} } },
  'bootstrap-few-shot': { params: {}, dspy: { name: 'BootstrapFewShot', init: {} } },
  'bootstrap-few-shot-random-search': {
    params: { num_candidate_programs: 8 },
    dspy: { name: 'BootstrapFewShotWithRandomSearch', init: { num_candidate_programs: 8 } },
  },
  'bootstrap-few-shot-tpe': { params: { num_candidate_programs: 10 } },
  'knn-few-shot': { params: {} },
  ensemble: { params: { num_candidate_programs: 6 } },
  'mipro-v2': { params: { auto: 'light' }, dspy: { name: 'MIPROv2', init: { auto: 'light' } } },
  gepa: { params: { auto: 'light' }, dspy: { name: 'GEPA', init: { auto: 'light' } } },
  simba: {
    params: { bsize: 16, num_candidates: 4, max_steps: 5 },
    lean: { max_steps: 4 },
    dspy: { name: 'SIMBA', init: { bsize: 16, num_candidates: 4, max_steps: 5 } },
  },
  copro: { params: { breadth: 6, depth: 3 }, lean: { breadth: 4 }, dspy: { name: 'COPRO', init: { breadth: 6, depth: 3 } } },
  'infer-rules': { params: { num_candidates: 6 } },
}
