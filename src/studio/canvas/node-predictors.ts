import { useMemo } from 'react'
import { predictorIdOf, type Predictor } from '@/engine/graph/predictors'
import type { StepNode } from '@/engine/program/program'
import { stepOf } from '@/engine/modules/registry'

/** What a card says of a predictor. It follows from the node alone, so that an edit of another node draws no card again. */
export type NodePredictor = Pick<Predictor, 'id' | 'node' | 'key' | 'slotTitle' | 'around'>

export function useNodePredictors(node: StepNode): readonly NodePredictor[] {
  return useMemo(() => {
    const slots = stepOf(node)?.slots() ?? []
    return slots.map(({ key, title }) => ({ id: predictorIdOf(node.id, key), node, key, slotTitle: title, around: [] }))
  }, [node])
}
