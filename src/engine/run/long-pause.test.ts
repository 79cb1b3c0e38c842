import { describe, expect, it } from 'vitest'
import { fastClock } from '@/testing/fast-clock'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { toyRun } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import type { RunBatch } from './base/ports'
import { startRun } from './run'

/** An endpoint that wants an hour of peace after its third request. */
function tired(restMs: number, now: () => number) {
  let requests = 0
  let restsUntil = 0
  return simulatedLm({
    onRequest: () => {
      requests += 1
      if (requests === 3) restsUntil = now() + restMs
      const left = restsUntil - now()
      if (left > 0) throw new EngineError('lm-rate-limit', 'Too many.', { status: 429, isRetryable: true, retryAfterMs: left })
    },
  })
}

describe('a provider that asks for an hour', () => {
  const { spec, data } = toyRun({ kind: 'evaluate' })

  it('pauses the run with a sentence; it goes on by itself and no row fails', async () => {
    const clock = fastClock(36_000)
    const batches: RunBatch[] = []
    const disk = memoryDisk()
    const ports = memoryPorts({ lm: tired(3_600_000, clock.now), disk, clock })
    const outcome = await startRun(spec, data, ports, batch => batches.push(batch)).done
    expect(outcome).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 12, unscored: 0 } } } })
    const problem = batches.find(batch => batch.problem)
    expect(problem).toMatchObject({
      status: 'paused',
      problem: { code: 'lm-rate-limit', message: expect.stringMatching(/run is paused: Too many\./) },
    })
    expect(disk.runCalls.size).toBe(12)
  })

  it('can be stopped or resumed by hand meanwhile', async () => {
    const clock = fastClock(1)
    let handle: ReturnType<typeof startRun> | undefined
    const stopped = startRun(spec, data, memoryPorts({ lm: tired(3_600_000, clock.now), clock }), batch => {
      if (batch.problem) queueMicrotask(() => handle?.command('stop'))
    })
    handle = stopped
    expect(await stopped.done).toMatchObject({ status: 'stopped' })

    let isRested = false
    const lm = simulatedLm({
      onRequest: () => {
        if (!isRested) throw new EngineError('lm-rate-limit', 'Too many.', { status: 429, isRetryable: true, retryAfterMs: 3_600_000 })
      },
    })
    const resumed = startRun(spec, data, memoryPorts({ lm, clock }), batch => {
      if (!batch.problem) return
      isRested = true
      queueMicrotask(() => handle?.command('resume'))
    })
    handle = resumed
    expect(await resumed.done).toMatchObject({ status: 'done', result: { baseline: { summary: { count: 12 } } } })
  })

  it('ends a try that somebody waits for', async () => {
    const clock = fastClock(1000)
    const ports = { ...memoryPorts({ lm: tired(3_600_000, clock.now), clock }), isImpatient: true }
    expect(await startRun(spec, data, ports, () => undefined).done).toMatchObject({ status: expect.stringMatching(/done|failed/) })
  })
})
