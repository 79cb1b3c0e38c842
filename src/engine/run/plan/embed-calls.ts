import type { Program } from '../../program/program'
import { poolRequests } from '../../modules/embedded-demos'
import { exactly, type CallRange, sumCalls, timesCalls } from '../../lm/call-range'
import { predictorsOf } from '../../graph/predictors'

/** Requests for embeddings that running a program takes: each pool once, and one for each request of a predictor that picks from one. */
export interface EmbedCalls {
  readonly pools: CallRange
  readonly perRun: CallRange
}

export function embedCallsOf({ graph, state }: Program): EmbedCalls {
  const picking = predictorsOf(graph).filter(({ id }) => state[id]?.nearest?.embedder !== undefined && state[id].demos.length > 0)
  return {
    pools: sumCalls(
      picking.map(({ id, calls }) => {
        const requests = poolRequests(state[id]?.demos.length ?? 0)
        // Of programs that are drawn row by row, some may never be.
        return { low: calls.low > 0 ? requests : 0, expected: requests, high: requests }
      }),
    ),
    perRun: sumCalls(picking.map(({ calls }) => calls)),
  }
}

/** At least the runs of the student itself; at most those of candidates, too, where an optimizer keeps its demos. */
export function embedRange({ pools, perRun }: EmbedCalls, runs: { readonly own: number; readonly most: number }): CallRange {
  if (perRun.high === 0) return exactly(0)
  const own = timesCalls(perRun, runs.own)
  return { low: pools.low + own.low, expected: pools.expected + Math.round(own.expected), high: pools.high + perRun.high * runs.most }
}
