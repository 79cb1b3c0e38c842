import { useMemo } from 'react'
import { predictorIdOf, type Predictor } from '@/engine/graph/predictors'
import type { SignatureNode } from '@/engine/program/program'
import { moduleKind } from '@/engine/modules/registry'

/** What a card says of a predictor. It follows from the node alone, so that an edit of another node draws no card again. */
export type NodePredictor = Pick<Predictor, 'id' | 'node' | 'key' | 'slotTitle'>

export function useNodePredictors(node: SignatureNode): readonly NodePredictor[] {
  return useMemo(() => {
    const slots = moduleKind(node.module)?.slots(node) ?? []
    return slots.map(({ key, title }) => ({ id: predictorIdOf(node.id, key), node, key, slotTitle: title }))
  }, [node])
}
