import type { PredictorState } from '../program/program'

/** `3 nearest of 40 demos`, `4 demos`, `1 demo`; empty without demos. */
export function demoWords({ demos, nearest }: Pick<PredictorState, 'demos' | 'nearest'>): string {
  if (demos.length === 0) return ''
  const all = demos.length === 1 ? '1 demo' : `${demos.length} demos`
  return nearest && nearest.k < demos.length ? `${nearest.k} nearest of ${all}` : all
}
