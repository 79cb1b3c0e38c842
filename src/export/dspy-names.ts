import type { Predictor } from '@/engine/graph/predictors'

/** Keys of a bare Predict's own entry. */
export const entryKeys = ['traces', 'train', 'demos', 'signature', 'fields', 'lm'] as const

/**
 * Why a file cannot serve a bare Predict beside a module with an attribute of this name: what a file of a bare Predict holds beyond its
 * entry becomes an attribute of that Predict, and hides one it needs. Source: `Predict.load_state` of 3.4.1 and 3.3.1.
 */
export function hidesPredict(attribute: string): boolean {
  return ownOfPredict.has(attribute)
}

const ownOfPredict: ReadonlySet<string> = new Set([
  ...entryKeys,
  ...'metadata config stage callbacks history forward aforward acall batch deepcopy dump_state load_state load save'.split(' '),
  ...'get_config get_criteria get_lm inspect_history map_named_predictors named_parameters named_predictors named_sub_modules'.split(' '),
  ...'parameters predictors reset reset_copy set_criteria set_lm update_config'.split(' '),
])

/** True for the only Predict of a program, which is the program itself in DSPy where no module is around it. */
export function isBarePredict({ dspyNames }: Predictor): boolean {
  return dspyNames.includes('')
}
