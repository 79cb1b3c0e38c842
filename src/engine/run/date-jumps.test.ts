import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryDisk, memoryPorts } from '@/testing/memory-ports'
import { simulatedLm } from '@/testing/simulated-lm'
import { toyRun } from '@/testing/toy-run'
import { EngineError } from '../base/errors'
import { manualClock } from '@/testing/manual-clock'
import { createLimiter } from '../lm/sending/limiter'
import { rateLimited } from '../lm/sending/rate-limited'
import { startRun } from './run'

const hourMs = 3_600_000
const shifts = fc.constantFrom(-365 * 24 * hourMs, -hourMs, -1000, 0, 1000, hourMs, 365 * 24 * hourMs)

/** A run of twelve rows against an endpoint that is slow, asks for pauses and has a limit a minute; the date jumps at some request. */
async function jumped({ at, shiftMs, maxMs }: { readonly at: number; readonly shiftMs: number; readonly maxMs?: number }) {
  const clock = manualClock()
  const limiter = createLimiter({ clock })
  limiter.configure({ requestsPerMinute: 60, concurrency: 2 })
  const startedAt = clock.now()
  let requests = 0
  const inner = simulatedLm({
    onRequest: () => {
      requests += 1
      if (requests === at) clock.shiftDate(shiftMs)
      if (requests % 5 === 0) throw new EngineError('lm-rate-limit', 'Slower.', { status: 429, isRetryable: true, retryAfterMs: 4000 })
    },
  })
  const slow = rateLimited(
    {
      ...inner,
      async generate(request, call) {
        await clock.sleep(700, call.signal)
        return inner.generate(request, call)
      },
    },
    limiter,
  )
  const { spec, data } = toyRun({ kind: 'evaluate' })
  const disk = memoryDisk()
  const limited = { ...spec, budget: { ...spec.budget, ...(maxMs !== undefined && { maxMs }) } }
  const outcome = await clock.runUntil(startRun(limited, data, memoryPorts({ lm: slow, disk, clock }), () => undefined).done)
  const { status, sentence, totals } = outcome
  return { status, sentence, totals, tookMs: clock.now() - startedAt, spans: [...disk.rollouts.values()].map(({ rollout }) => rollout.ms) }
}

describe('a date that is set on or back while a run works', () => {
  it('changes nothing of it: not what it takes, nor what it waits for, nor what it measures', async () => {
    const still = await jumped({ at: 1, shiftMs: 0 })
    expect(still.status).toBe('done')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 14 }), shifts, async (at, shiftMs) => {
        expect(await jumped({ at, shiftMs })).toEqual(still)
      }),
      { numRuns: 30 },
    )
  })

  it('uses nothing of its time cap up, and gives it no more', async () => {
    const still = await jumped({ at: 1, shiftMs: 0, maxMs: 6000 })
    expect(still.status).toBe('capped')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), shifts, async (at, shiftMs) => {
        expect(await jumped({ at, shiftMs, maxMs: 6000 })).toEqual(still)
      }),
      { numRuns: 20 },
    )
  })
})
