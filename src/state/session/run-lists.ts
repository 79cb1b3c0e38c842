import type { JournalEvent } from '@/engine/record/events'
import type { Wrote } from '@/storage/change-notices'
import type { RunId, StoredRollout, StoredRunCall } from '@/storage/records'
import { getRollout, listRollouts, readRolloutPage, readRollouts, type RolloutPlace } from '@/storage/rollouts'
import { listRunCalls, readRunCalls } from '@/storage/run-calls'
import { listEvents } from '@/storage/run-events'
import type { GrowingList } from './growing-list'
import { queryKeys } from './query-client'

/** The story of a run. Events come at its end, so from the first new one on is all that is new. */
export function runEvents(runId: RunId): GrowingList<JournalEvent> {
  return {
    queryKey: queryKeys.runEvents(runId),
    readAll: () => listEvents(runId),
    pick: wrote => (wrote.events.length === 0 ? undefined : wrote),
    readWritten: ({ events }) =>
      listEvents(
        runId,
        events.reduce((first, seq) => Math.min(first, seq)),
      ),
    compare: (a, b) => a.seq - b.seq,
  }
}

export function runCalls(runId: RunId): GrowingList<StoredRunCall> {
  return {
    queryKey: queryKeys.runCalls(runId),
    readAll: () => listRunCalls(runId),
    pick: wrote => (wrote.calls.length === 0 ? undefined : wrote),
    readWritten: ({ calls }) => readRunCalls(runId, calls),
    compare: (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  }
}

/** The rollouts of one batch; none for a batch that is not known yet. */
export function batchRollouts(runId: RunId, batch: number | undefined): GrowingList<StoredRollout> {
  return {
    queryKey: queryKeys.batchRollouts(runId, batch),
    readAll: async () => (batch === undefined ? [] : listRollouts(runId, batch)),
    pick: wrote => pickRollouts(wrote, place => place.batch === batch),
    readWritten: ({ rollouts }) => readRollouts(runId, rollouts),
    compare: byPlace,
  }
}

/**
 * The rollouts of a run for its list, read page by page: the first ones are there at once, however many there are. Steps come
 * without their inputs, which are most of the bytes; `oneRollout` has all of one.
 */
export function traceLines(runId: RunId): GrowingList<StoredRollout> {
  return {
    queryKey: queryKeys.traceLines(runId),
    async readAll(onPart) {
      const lines: StoredRollout[] = []
      for (let place: RolloutPlace | undefined = { batch: 0, index: 0 }; place !== undefined;) {
        const { rollouts, next }: Awaited<ReturnType<typeof readRolloutPage>> = await readRolloutPage(runId, place, pageSize)
        for (const rollout of rollouts) lines.push(slim(rollout))
        if (next !== undefined) onPart([...lines])
        place = next
      }
      return lines
    },
    pick: wrote => pickRollouts(wrote, () => true),
    readWritten: async ({ rollouts }) => (await readRollouts(runId, rollouts)).map(slim),
    compare: byPlace,
  }
}

/** One rollout with all that was recorded of it, as a list of one or none. */
export function oneRollout(runId: RunId, { batch, index }: RolloutPlace): GrowingList<StoredRollout> {
  const readIt = async (): Promise<readonly StoredRollout[]> => {
    const found = await getRollout(runId, batch, index)
    return found === undefined ? [] : [found]
  }
  return {
    queryKey: queryKeys.rollout(runId, batch, index),
    readAll: readIt,
    pick: wrote => pickRollouts(wrote, place => place.batch === batch && place.index === index),
    readWritten: readIt,
    compare: byPlace,
  }
}

const pageSize = 500

function pickRollouts(wrote: Wrote, isWanted: (place: RolloutPlace) => boolean): Wrote | undefined {
  const rollouts = wrote.rollouts.filter(isWanted)
  return rollouts.length === 0 ? undefined : { events: [], rollouts, calls: [] }
}

function byPlace(a: RolloutPlace, b: RolloutPlace): number {
  return a.batch - b.batch || a.index - b.index
}

function slim(record: StoredRollout): StoredRollout {
  const { rollout } = record
  return { ...record, rollout: { ...rollout, trace: rollout.trace.map(span => ({ ...span, inputs: {} })) } }
}
