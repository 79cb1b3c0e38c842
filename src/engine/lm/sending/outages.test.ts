import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { manualClock } from '@/testing/manual-clock'
import { memoryCalls, testCall, testRequest } from '@/testing/test-call'
import { EngineError, isEngineError } from '../../base/errors'
import { createPlaces } from '../places'
import { chatOf } from '@/testing/chat-of'
import type { Lm, LmCall, LmWait } from '../lm'
import { createBudget } from './budget'
import { createLimiter } from './limiter'
import { createLine, overlongMs } from './line'
import { rateLimited } from './rate-limited'
import { lmStack } from './stack'

const kinds = ['up', 'busy', 'gateway', 'refused', 'dropped', 'silent'] as const
type Kind = (typeof kinds)[number]
interface Phase {
  readonly kind: Kind
  readonly ms: number
}

/** A server whose state changes as told, and is up after that. It writes down what it saw, and what came to its door and was not let in. */
function createWorld(phases: readonly Phase[], { latencyMs, opensDoor }: { latencyMs: number; opensDoor: boolean }) {
  const clock = manualClock(0)
  const tries: { readonly at: number; readonly kind: Kind; readonly text: string }[] = []
  const knocks: number[] = []
  const throughs: number[] = []
  const waits: LmWait[] = []
  const kindAt = (at: number): Kind => {
    let end = 0
    return phases.find(({ ms }) => at < (end += ms))?.kind ?? 'up'
  }
  const never = (call: Pick<LmCall, 'signal'>) => clock.sleep(1e12, call.signal).then(() => Promise.reject(new Error('never')))
  const provider: Lm = {
    capabilities: { responseFormats: [] },
    async generate(request, call) {
      const kind = kindAt(clock.now())
      tries.push({ at: clock.now(), kind, text: String(chatOf(request).messages[0]?.content) })
      await clock.sleep(kind === 'up' ? latencyMs : 1, call.signal)
      if (kind === 'silent') return never(call)
      if (kind === 'up' || kind === 'busy') throughs.push(clock.now())
      if (kind !== 'up') throw failures[kind]
      return { text: 'ok', finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1, cached: false, attempts: 1 }
    },
  }
  const line = createLine({
    clock,
    host: 'api.test',
    async knock(signal) {
      knocks.push(clock.now())
      const kind = kindAt(clock.now())
      if (kind === 'silent') return never({ signal })
      return kind === 'up' || kind === 'busy' || (kind === 'dropped' && opensDoor)
    },
  })
  const limiter = createLimiter({ clock, line })
  limiter.configure({ concurrency: 16 })
  const budget = createBudget({}, clock)
  const stack = (concurrency: number, isPatient: boolean, onWait?: () => void) =>
    lmStack({
      connect: rateLimited(provider, limiter, line),
      calls: memoryCalls(),
      places: createPlaces(concurrency),
      budget,
      clock,
      rng: pythonRandom(1),
      onWait(wait) {
        waits.push(wait)
        onWait?.()
      },
      ...(isPatient && { onLongPause: () => Promise.reject(new Error('nobody asked for it')) }),
    })
  return { clock, line, budget, stack, tries, knocks, throughs, waits, seen: () => tries.filter(({ kind }) => kind !== 'refused').length }
}

const failures: Readonly<Record<Exclude<Kind, 'up' | 'silent'>, EngineError>> = {
  busy: new EngineError('lm-rate-limit', 'Busy.', { status: 429, isRetryable: true }),
  gateway: new EngineError('lm-server', 'Bad gateway.', { status: 503, isRetryable: true }),
  refused: new EngineError('lm-network', 'No answer (ECONNREFUSED).', { isRetryable: true, isUnsent: true, reason: 'ECONNREFUSED' }),
  dropped: new EngineError('lm-network', 'No answer (ECONNRESET).', { isRetryable: true, reason: 'ECONNRESET' }),
}

interface Row {
  readonly sent: number
  readonly error?: EngineError
  readonly at: number
}

/** Asks for as many rows as told, all at once, to their ends. */
async function askAll(world: ReturnType<typeof createWorld>, lm: Lm, rows: number): Promise<readonly Row[]> {
  const { clock } = world
  const one = async (index: number): Promise<Row> => {
    try {
      const { attempts } = await lm.generate(testRequest(`row ${index}`), testCall())
      return { sent: attempts, at: clock.now() }
    } catch (error) {
      if (!isEngineError(error)) throw error
      return { sent: Number(error.facts['attempts']), error, at: clock.now() }
    }
  }
  return clock.runUntil(Promise.all(Array.from({ length: rows }, (_, index) => one(index))))
}

/** No row ends while nothing gets through, but for one that failed before others got through, and then alone: it looks like the cause. */
function expectNoneGivenUp({ throughs, tries }: ReturnType<typeof createWorld>, rows: readonly Row[]): void {
  for (const { error, at } of rows) {
    if (!error || error.code === 'lm-rate-limit') continue
    const since = throughs.findLast(moment => moment <= at) ?? 0
    const fallen = new Set(tries.filter(one => one.at > since && one.at <= at && isDown(one.kind)).map(({ text }) => text))
    expect(fallen.size <= 1 || at - since > overlongMs, `${error.message} at ${at}, the last answer at ${since}`).toBe(true)
  }
}

const isDown = (kind: Kind): boolean => kind !== 'up' && kind !== 'busy'

/** Windows of a minute while it is down, from when the answers to what left before have come in. */
function downMinutes(phases: readonly Phase[], startAt: number, lateMs: number): readonly { readonly from: number; readonly to: number }[] {
  let start = startAt
  return phases.flatMap(({ kind, ms }) => {
    const end = start + ms
    const first = start + lateMs
    start = end
    if (!isDown(kind)) return []
    const count = Math.max(0, Math.ceil((end - first) / 30_000))
    return Array.from({ length: count }, (_, index) => ({
      from: first + index * 30_000,
      to: Math.min(end, first + index * 30_000 + 60_000),
    }))
  })
}

const phase = (mostMs: number) => fc.record({ kind: fc.constantFrom(...kinds), ms: fc.integer({ min: 20, max: mostMs }) })
const settings = fc.record({ latencyMs: fc.integer({ min: 1, max: 400 }), opensDoor: fc.boolean() })
const concurrency = fc.integer({ min: 1, max: 12 })

describe('a line through any weather', () => {
  it('gives no row up while nothing gets through, counts what the server saw, and asks a server that is down now and then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(phase(240_000), { maxLength: 8 }), settings, concurrency, async (phases, how, concurrency) => {
        const world = createWorld([{ kind: 'up', ms: 900 }, ...phases], how)
        const rows = await askAll(world, world.stack(concurrency, true), 40)

        expect(rows.reduce((sum, { sent }) => sum + sent, 0)).toBe(world.seen())
        expect(world.budget.spent.calls).toBe(world.seen())

        expectNoneGivenUp(world, rows)

        for (const { from, to } of downMinutes(phases, 900, how.latencyMs + 2)) {
          const within = (at: number) => at >= from && at < to
          // Those that were about to leave when it went down, and then one at a time.
          expect(world.tries.filter(({ at }) => within(at)).length).toBeLessThanOrEqual(concurrency + 8)
          expect(world.knocks.filter(within).length).toBeLessThanOrEqual(8)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('gives no row up for an endpoint that answers a few and is gone again, over and over', async () => {
    const moments = fc.array(fc.record({ up: fc.integer({ min: 20, max: 900 }), down: fc.integer({ min: 30_000, max: 240_000 }) }), {
      minLength: 2,
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(moments, settings, fc.integer({ min: 2, max: 12 }), async (moments, how, concurrency) => {
        const phases = moments.flatMap(({ up, down }) => [
          { kind: 'dropped', ms: down } as const,
          // The request that tries the door takes its time: the others have the rest.
          { kind: 'up', ms: how.latencyMs + up } as const,
        ])
        const world = createWorld([{ kind: 'up', ms: how.latencyMs + 10 }, ...phases], { ...how, opensDoor: true })
        const rows = await askAll(world, world.stack(concurrency, true), 40)
        expectNoneGivenUp(world, rows)
        expect(rows.reduce((sum, { sent }) => sum + sent, 0)).toBe(world.seen())
      }),
      { numRuns: 100 },
    )
  })

  it('fails no row at all where each outage is followed by a minute of calm', async () => {
    const weather = fc.array(phase(600_000), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(weather, settings, concurrency, async (phases, how, concurrency) => {
        const calm = { kind: 'up', ms: 60_000 } as const
        const down = phases.filter(({ kind }) => isDown(kind)).flatMap(one => [one, calm])
        const world = createWorld([{ kind: 'up', ms: 900 }, ...down], how)
        const rows = await askAll(world, world.stack(concurrency, true), 60)
        const longest = Math.max(0, ...phases.map(({ ms }) => ms))
        const failed = rows.filter(({ error }) => error)
        // With nobody else to try, and a door that is opened, one is given up after five minutes.
        expect(failed.length).toBeLessThanOrEqual(how.opensDoor && longest > overlongMs ? down.length / 2 : 0)
      }),
      { numRuns: 100 },
    )
  })

  it('ends for an endpoint that never answered with its reason, soon where there is nobody', async () => {
    const never = fc.constantFrom('refused', 'dropped', 'gateway')
    await fc.assert(
      fc.asyncProperty(never, settings, concurrency, async (kind, how, concurrency) => {
        const world = createWorld([{ kind, ms: 3_600_000 }], how)
        const rows = await askAll(world, world.stack(concurrency, true), concurrency)
        const ms = kind === 'gateway' ? overlongMs : 30_000
        for (const { error, at } of rows) {
          expect(error).toMatchObject({ code: 'lm-unreachable' })
          expect(error?.message).toContain(failures[kind].message)
          expect(at).toBeGreaterThanOrEqual(ms)
          expect(at).toBeLessThanOrEqual(ms + 20_000)
        }
        expect(rows.reduce((sum, { sent }) => sum + sent, 0)).toBe(world.seen())
      }),
      { numRuns: 60 },
    )
  })

  it('says that the first answer is late, and ends soon after the first request did where nobody is at the door', async () => {
    const world = createWorld([{ kind: 'silent', ms: 3_600_000 }], { latencyMs: 1, opensDoor: false })
    const told: number[] = []
    const rows = await askAll(
      world,
      world.stack(4, true, () => told.push(world.clock.now())),
      4,
    )
    expect(told[0]).toBe(10_000)
    expect(world.waits[0]).toEqual({
      until: 120_000,
      reason: expect.stringMatching(/^No answer from api\.test yet: the first request left at .* is given up after 120 s\.$/),
    })
    for (const { error, at } of rows) {
      expect(error).toMatchObject({ code: 'lm-unreachable' })
      expect(at).toBeLessThan(135_000)
    }
    expect(world.seen()).toBe(4)
    // A model that is only slow is asked no more often, and nothing is said once it has answered.
    const slow = createWorld([], { latencyMs: 60_000, opensDoor: false })
    expect((await askAll(slow, slow.stack(4, true), 10)).every(({ error }) => error === undefined)).toBe(true)
    expect(slow.waits).toHaveLength(1)
    expect(slow.knocks).toEqual([])
  })

  it('lets a call that somebody waits for fail after its tries, with the reason, whenever it came', async () => {
    const fast = fc.array(
      phase(60_000).filter(({ kind }) => kind !== 'silent'),
      { maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(fast, settings, concurrency, async (phases, how, concurrency) => {
        const world = createWorld([{ kind: 'up', ms: 300 }, ...phases], how)
        const lm = world.stack(concurrency, false)
        const rows = await askAll(world, lm, 50)
        for (const [index, { error, at }] of rows.entries()) {
          expect(world.tries.filter(({ text }) => text === `row ${index}`).length).toBeLessThanOrEqual(6)
          if (!error) continue
          expect(Object.values(failures).some(({ code }) => code === error.code)).toBe(true)
          expect(error.message).toContain('(6 attempts)')
          // 1, 2, 4, 8 and 16 seconds at most between the tries of those before it in the queue and its own.
          expect(at).toBeLessThanOrEqual(Math.ceil(50 / concurrency) * 32_000)
        }
        expect(rows.reduce((sum, { sent }) => sum + sent, 0)).toBe(world.seen())
        expect(world.budget.spent.calls).toBe(world.seen())
      }),
      { numRuns: 60 },
    )
  })
})
