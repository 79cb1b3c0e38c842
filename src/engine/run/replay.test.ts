import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts, realClock, type MemoryDisk } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { finish, start, toyRun, type ToyRun } from '@/testing/toy-run'
import { createLiveKeys } from '../lm/keys/live-keys'
import { replayRun, type RunRecording } from './replay'
import { storyDigest } from './story/story'

const search = {
  id: 'bootstrap-few-shot-random-search',
  params: { max_bootstrapped_demos: 2, max_labeled_demos: 4, num_candidate_programs: 3 },
}

function recordingOf(disk: MemoryDisk): RunRecording {
  return {
    events: disk.events,
    failedCalls: new Map([...disk.runCalls].filter(([, call]) => call.error)),
    calls: { get: async key => disk.calls.get(key) },
  }
}

async function replay(run: ToyRun, disk: MemoryDisk) {
  const lm = simulatedLm()
  const { clock, runner, connect } = memoryPorts({ lm })
  const report = await replayRun(run.spec, run.data, recordingOf(disk), { clock, runner, connect })
  expect(lm.count).toBe(0)
  return report
}

describe('a replay from the record', () => {
  it('tells the same story and sends nothing', async () => {
    const run = toyRun({ optimizer: search })
    const disk = memoryDisk()
    const outcome = await finish(run, memoryPorts({ lm: simulatedLm(), disk }))
    const written = structuredClone(disk.events)
    expect(await replay(run, disk)).toMatchObject({
      digest: outcome.digest,
      recordedDigest: outcome.digest,
      isSame: true,
      calls: 0,
      missingCalls: 0,
    })
    expect(disk.events).toEqual(written)
  })

  it('is the same also where a key became known later that stands in the record, and says nothing of it', async () => {
    const run = toyRun({ optimizer: search })
    const disk = memoryDisk()
    await finish(run, memoryPorts({ lm: simulatedLm(), disk }))
    const keys = createLiveKeys()
    const secrets = run.data.train.slice(0, 8).map(row => String(row.inputs['text']))
    for (const secret of secrets) keys.use(secret)
    expect(secrets.filter(secret => JSON.stringify(disk.events).includes(secret)).length).toBeGreaterThan(0)
    const { clock, runner, connect } = memoryPorts({ lm: simulatedLm() })
    expect(await replayRun(run.spec, run.data, recordingOf(disk), { clock, runner, connect, keys })).toMatchObject({ isSame: true })
  })

  it('compares a stopped run up to where it ended, whatever its caps', async () => {
    const run = toyRun({ optimizer: search, budget: { maxCalls: 60 } })
    const disk = memoryDisk()
    const lm = simulatedLm({ latencyMs: 4 })
    const handle = start(run, memoryPorts({ lm, disk }))
    while (lm.count < 30) await realClock.sleep(1)
    handle.command('stop')
    expect((await handle.done).status).toBe('stopped')
    expect(await replay(run, disk)).toMatchObject({ digest: storyDigest(disk.events), isSame: true })
  })

  it('says which answers are gone, and where a story that was changed differs', async () => {
    const run = toyRun({ optimizer: search })
    const disk = memoryDisk()
    await finish(run, memoryPorts({ lm: simulatedLm(), disk }))
    const changed = {
      ...disk,
      events: disk.events.map(event => (event.type === 'best-change' ? { ...event, score: event.score + 0.1 } : event)),
    }
    const differing = await replay(run, changed)
    expect(differing).toMatchObject({
      isSame: false,
      missingCalls: 0,
      divergence: { seq: disk.events.find(event => event.type === 'best-change')?.seq },
    })
    const [gone] = [...disk.calls.keys()].slice(-1)
    if (gone !== undefined) disk.calls.delete(gone)
    const short = await replay(run, disk)
    expect(short).toMatchObject({ isSame: false })
    expect(short.missingCalls).toBeGreaterThanOrEqual(1)
    expect(short.divergence).toBeUndefined()
  })
})
