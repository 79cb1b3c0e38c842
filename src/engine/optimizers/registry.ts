import { EngineError } from '../errors'
import { bootstrapFewShot } from './bootstrap-few-shot'
import { bootstrapFewShotRandomSearch } from './bootstrap-few-shot-random-search'
import { labeledFewShot } from './labeled-few-shot'
import type { OptimizerKind } from './optimizer'

/** Every optimizer the studio offers, in the order of the menu. */
export const optimizerKinds: readonly OptimizerKind[] = [labeledFewShot, bootstrapFewShot, bootstrapFewShotRandomSearch]

/** Throws `params-invalid` for an id that this version does not know. */
export function optimizerKind(id: string): OptimizerKind {
  const kind = optimizerKinds.find(known => known.id === id)
  if (kind === undefined) {
    throw new EngineError(
      'params-invalid',
      `The optimizer "${id}" is not known to this version. Known are: ${optimizerKinds.map(known => known.id).join(', ')}.`,
    )
  }
  return kind
}
