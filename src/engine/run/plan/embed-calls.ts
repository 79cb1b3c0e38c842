import { ensembleOf } from '../../graph/ensemble'
import type { ProgramState } from '../../program/program'
import { poolRequests } from '../../modules/embedded-demos'
import { exactly, type CallRange } from '../../lm/call-range'

/** Requests for embeddings that running a state takes: each pool once, and one for each run of a predictor that picks from one. */
export interface EmbedCalls {
  readonly pools: number
  readonly perRun: number
}

export function embedCallsOf(state: ProgramState | undefined): EmbedCalls {
  const none = { pools: 0, perRun: 0 }
  // The members of an ensemble show their demos as they are.
  if (state === undefined || ensembleOf(state)) return none
  return Object.values(state).reduce(
    (sum, { demos, nearest }) =>
      nearest?.embedder === undefined || demos.length === 0
        ? sum
        : { pools: sum.pools + poolRequests(demos.length), perRun: sum.perRun + 1 },
    none,
  )
}

/** At least the runs of the student itself; at most those of candidates, too, where an optimizer keeps its demos. */
export function embedRange({ pools, perRun }: EmbedCalls, runs: { readonly own: number; readonly most: number }): CallRange {
  if (perRun === 0) return exactly(0)
  return { low: pools + perRun * runs.own, expected: pools + perRun * runs.own, high: pools + perRun * runs.most }
}
