import { useQuery } from '@tanstack/react-query'
import type { RunId } from '@/storage/records'
import { countPaidCalls } from '@/storage/run-answers'
import { unseenSpending, type UnseenSpending } from '@/storage/run-spending'

export interface Interruption {
  /** Answers that were paid for and are stored, those of the last moment included. */
  readonly storedCalls: number
  /** Requests that had left and whose answer nobody stored: they may have been billed, count for the caps, and are asked again. */
  readonly unseen: UnseenSpending
}

/** What an interrupted run has, and what it lost; undefined while that is read. */
export function useInterruption(runId: RunId): Interruption | undefined {
  return useQuery({
    queryKey: ['runSpending', runId],
    queryFn: async () => ({ storedCalls: await countPaidCalls(runId), unseen: await unseenSpending(runId) }),
    staleTime: 0,
  }).data
}
