import { useMemo } from 'react'
import type { CallRecord } from '@/engine/record/events'
import type { CandidateId } from '@/engine/program/program'
import type { RunView } from '@/engine/run/view/run-view'
import type { RunId } from '@/storage/records'
import { useRunCalls } from '../session/queries'

export interface CandidateCost {
  /** Answers that were paid for. */
  readonly calls: number
  /** US dollars; absent when the price of one is unknown. */
  readonly cost?: number
}

/** What was paid to score each candidate; undefined while the run moves, since its calls would be read over and over. */
export function useCandidateCosts(runId: RunId, view: RunView, isEnabled: boolean): ReadonlyMap<CandidateId, CandidateCost> | undefined {
  const { data: calls } = useRunCalls(isEnabled ? runId : undefined)
  return useMemo(() => (calls === undefined || !isEnabled ? undefined : candidateCosts(view, calls)), [view, calls, isEnabled])
}

export function candidateCosts(view: RunView, calls: readonly CallRecord[]): ReadonlyMap<CandidateId, CandidateCost> {
  const owners = new Map(
    view.candidates.flatMap(({ id, full, minibatches }) =>
      [...minibatches, ...(full === undefined ? [] : [full])].map(({ batch }) => [batch, id] as const),
    ),
  )
  const sums = new Map<CandidateId, CandidateCost>()
  for (const { batch, cached, cost, error } of calls) {
    const owner = batch === undefined ? undefined : owners.get(batch)
    if (owner === undefined || cached || error !== undefined) continue
    const known = sums.get(owner) ?? { calls: 0, cost: 0 }
    const sum = known.cost === undefined || cost === undefined ? undefined : known.cost + cost
    sums.set(owner, { calls: known.calls + 1, ...(sum !== undefined && { cost: sum }) })
  }
  return sums
}
