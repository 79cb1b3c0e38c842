import { EngineError } from '../errors'
import { bootstrapFewShot } from './bootstrap-few-shot'
import { bootstrapFewShotRandomSearch } from './bootstrap-few-shot-random-search'
import { bootstrapFewShotTpe } from './bootstrap-few-shot-tpe'
import { copro } from './copro'
import { ensemble } from './ensemble'
import { gepa } from './gepa'
import { inferRules } from './infer-rules'
import { knnFewShot } from './knn-few-shot'
import { labeledFewShot } from './labeled-few-shot'
import { miproV2 } from './mipro-v2'
import { simba } from './simba'
import type { OptimizerKind } from './optimizer'

/** Every optimizer the studio offers, in the order of the menu. */
export const optimizerKinds: readonly OptimizerKind[] = [
  labeledFewShot,
  bootstrapFewShot,
  bootstrapFewShotRandomSearch,
  bootstrapFewShotTpe,
  knnFewShot,
  miproV2,
  gepa,
  simba,
  copro,
  inferRules,
  ensemble,
]

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
