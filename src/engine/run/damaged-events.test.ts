import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { memoryDisk, memoryPorts, type MemoryDisk } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { finish, toyRun } from '@/testing/toy-run'
import type { JournalEvent } from '../record/events'
import { gapsOf } from '../record/gaps'
import { replayRun } from './replay'
import { emptyRunView, reduceRun } from './view/reduce'

const run = toyRun({
  optimizer: {
    id: 'bootstrap-few-shot-random-search',
    params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 3 },
  },
})

async function whole(): Promise<MemoryDisk> {
  const disk = memoryDisk()
  await finish(run, memoryPorts({ lm: simulatedLm(), disk }))
  return disk
}

/** The record up to a kill, with some events that cannot be read. */
function damaged(disk: MemoryDisk, upTo: number, isGone: (event: JournalEvent) => boolean): MemoryDisk {
  return { ...disk, events: disk.events.slice(0, upTo).filter(event => !isGone(event)) }
}

const plain = (events: readonly JournalEvent[]) =>
  events.toSorted((a, b) => a.seq - b.seq).map(({ at: _at, ...event }) => ('calls' in event ? { ...event, calls: 0 } : event))

describe('a record with damaged events', () => {
  it('is told again where they were, whichever they are: the run resumes without another story or another call', async () => {
    const disk = await whole()
    const rng = pythonRandom(5)
    for (let round = 0; round < 12; round += 1) {
      const upTo = Math.floor(disk.events.length * (0.3 + 0.7 * rng.random()))
      const share = [0.05, 0.3, 0.9, 1][round % 4] ?? 0
      const broken = damaged(disk, upTo, () => rng.random() < share)
      const lm = simulatedLm()
      const outcome = await finish(run, memoryPorts({ lm, disk: broken }))
      expect(outcome.divergence).toBeUndefined()
      expect(lm.count).toBe(0)
      expect(plain(broken.events)).toEqual(plain(disk.events))
    }
  })

  it('replays as the same, and still tells a record that was changed from one with a gap', async () => {
    const disk = await whole()
    const recording = (events: readonly JournalEvent[]) => ({
      events,
      failedCalls: new Map(),
      calls: { get: async (key: string) => disk.calls.get(key) },
    })
    const { clock, runner, connect } = memoryPorts({ lm: simulatedLm() })
    const gone = disk.events.filter(({ seq }) => seq % 5 !== 2)
    expect(await replayRun(run.spec, run.data, recording(gone), { clock, runner, connect })).toMatchObject({ isSame: true, calls: 0 })
    const changed = gone.map(event => (event.type === 'best-change' ? { ...event, score: event.score / 2 } : event))
    expect(await replayRun(run.spec, run.data, recording(changed), { clock, runner, connect })).toMatchObject({ isSame: false })
  })

  it('is shown with the number of its gaps, and with all that can be read', async () => {
    const { events } = await whole()
    const gone = events.filter(({ seq }) => seq !== 1 && seq !== 4 && seq !== 5)
    const view = gone.reduce(reduceRun, emptyRunView)
    expect(view.missing).toBe(3)
    expect(gapsOf(gone)).toEqual([1, 4, 5])
    expect(view.end).toEqual(events.reduce(reduceRun, emptyRunView).end)
    expect(events.reduce(reduceRun, emptyRunView).missing).toBeUndefined()
  })

  it('of which all are gone starts again, from the answers that are kept', async () => {
    const disk = await whole()
    const lm = simulatedLm()
    const empty = damaged(disk, 0, () => true)
    await finish(run, memoryPorts({ lm, disk: empty }))
    expect(lm.count).toBe(0)
    expect(plain(empty.events)).toEqual(plain(disk.events))
  })
})
