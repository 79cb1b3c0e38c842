import { isStepNode } from '../modules/registry'
import type { PredictorState, Program } from '../program/program'
import { predictorsOf } from './predictors'

/** `3 nearest of 40 demos`, `4 demos`, `1 demo`; empty without demos. */
export function demoWords({ demos, nearest }: Pick<PredictorState, 'demos' | 'nearest'>): string {
  if (demos.length === 0) return ''
  const all = demos.length === 1 ? '1 demo' : `${demos.length} demos`
  return nearest && nearest.k < demos.length ? `${nearest.k} nearest of ${all}` : all
}

/** What a program within a step is made of: `2 steps, 3 predictors, 4 demos`. */
export function bodyWords({ graph, state }: Program): string {
  const steps = graph.nodes.filter(isStepNode).length
  const predictors = predictorsOf(graph)
  const demos = predictors.reduce((sum, { id }) => sum + (state[id]?.demos.length ?? 0), 0)
  return [
    steps === 1 ? '1 step' : `${steps} steps`,
    ...(predictors.length === steps ? [] : [predictors.length === 1 ? '1 predictor' : `${predictors.length} predictors`]),
    ...(demos === 0 ? [] : [demos === 1 ? '1 demo' : `${demos} demos`]),
  ].join(', ')
}
