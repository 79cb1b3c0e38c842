import { EngineError } from '../base/errors'
import { bootstrapFewShot } from './bootstrap/bootstrap-few-shot'
import { bootstrapFewShotRandomSearch } from './bootstrap/bootstrap-few-shot-random-search'
import { bootstrapFewShotTpe } from './bootstrap/bootstrap-few-shot-tpe'
import { copro } from './copro/copro'
import { ensemble } from './ensemble/ensemble'
import { gepa } from './gepa/gepa'
import { inferRules } from './infer-rules/infer-rules'
import { knnFewShot } from './few-shot/knn-few-shot'
import { labeledFewShot } from './few-shot/labeled-few-shot'
import { miproV2 } from './mipro/mipro-v2'
import { simba } from './simba/simba'
import type { OptimizerKind } from './kit/optimizer'

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

/** Undefined for an id that this version does not know, as a project of a later one may have it. */
export function optimizerKind(id: string): OptimizerKind | undefined {
  return optimizerKinds.find(known => known.id === id)
}

/** The same for a run that is to start. Throws `params-invalid` for an id that this version does not know. */
export function needOptimizerKind(id: string): OptimizerKind {
  const kind = optimizerKind(id)
  if (kind === undefined) {
    throw new EngineError(
      'params-invalid',
      `The optimizer "${id}" is not known to this version. Known are: ${optimizerKinds.map(known => known.id).join(', ')}.`,
    )
  }
  return kind
}
