import { useQuery } from '@tanstack/react-query'
import type { RunId, StoredRollout } from '@/storage/records'
import { countRollouts, getRollout, readRolloutPage, type RolloutPlace } from '@/storage/rollouts'
import { queryClient } from '../session/query-client'

/**
 * The rollouts of a run for its list, read page by page: the first ones are there at once, however many there are. Steps come
 * without their inputs, which are most of the bytes; `useRollout` has all of one.
 */
export function useTraceLines(runId: RunId) {
  const queryKey = ['rollouts', runId, 'lines']
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const known = queryClient.getQueryData<readonly StoredRollout[]>(queryKey) ?? []
      return readLines(runId, known, lines => {
        // Another reading has taken over, from what this one left.
        signal.throwIfAborted()
        if (lines.length > known.length) queryClient.setQueryData(queryKey, lines)
      })
    },
    structuralSharing: false,
  })
}

export function useRollout(runId: RunId, { batch, index }: RolloutPlace) {
  return useQuery({
    queryKey: ['rollouts', runId, 'one', batch, index],
    queryFn: async () => (await getRollout(runId, batch, index)) ?? null,
    structuralSharing: false,
  })
}

/**
 * Goes on from what is known: a live run adds to its last batch. Where that leaves some out, as when batches ran side by side, all
 * are read anew.
 */
export async function readLines(
  runId: RunId,
  known: readonly StoredRollout[],
  onPage: (lines: readonly StoredRollout[]) => void,
): Promise<readonly StoredRollout[]> {
  const count = await countRollouts(runId)
  const lastBatch = known.at(-1)?.batch
  if (lastBatch !== undefined) {
    const earlier = known.filter(({ batch }) => batch < lastBatch)
    const lines = await readFrom(runId, { batch: lastBatch, index: 0 }, earlier, onPage)
    if (lines.length >= count) return lines
  }
  return readFrom(runId, { batch: 0, index: 0 }, [], onPage)
}

const pageSize = 500

async function readFrom(
  runId: RunId,
  start: RolloutPlace,
  earlier: readonly StoredRollout[],
  onPage: (lines: readonly StoredRollout[]) => void,
): Promise<readonly StoredRollout[]> {
  const lines = [...earlier]
  for (let place: RolloutPlace | undefined = start; place !== undefined;) {
    const { rollouts, next }: Awaited<ReturnType<typeof readRolloutPage>> = await readRolloutPage(runId, place, pageSize)
    for (const rollout of rollouts) lines.push(slim(rollout))
    if (next !== undefined) onPage([...lines])
    place = next
  }
  return lines
}

function slim(record: StoredRollout): StoredRollout {
  const { rollout } = record
  return { ...record, rollout: { ...rollout, trace: rollout.trace.map(span => ({ ...span, inputs: {} })) } }
}
