import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../../base/errors'
import { manualClock } from '@/testing/manual-clock'
import { cameThrough, isUnanswered } from './came-through'
import { createLine } from './line'

const refused = new EngineError('lm-network', 'No answer from api.test (ECONNREFUSED).', { isRetryable: true, reason: 'ECONNREFUSED' })
const failed = (error: unknown) => ({ kind: 'failed', error }) as const
const answered = { kind: 'answered', usage: { inputTokens: 1, outputTokens: 1 } } as const

function setUp(isHeard: () => boolean = () => false) {
  const clock = manualClock()
  const knocks: number[] = []
  const line = createLine({
    clock,
    host: 'api.test',
    knock: async () => {
      knocks.push(clock.now())
      return isHeard()
    },
  })
  /** As a limiter with somebody in its queue does. */
  line.onChange(() => void line.wait())
  const pass = async (ms: number): Promise<void> => {
    const end = clock.now() + ms
    while (clock.now() < end) {
      const wait = line.wait()
      await clock.advance(Math.max(1, Math.min(end, wait?.until ?? end) - clock.now()))
    }
  }
  return { clock, line, knocks, pass }
}

describe('a line', () => {
  it('is down when a request gets no answer and no other did meanwhile, and up at the next that does', () => {
    const { line } = setUp()
    expect(line.wait()).toBeUndefined()
    const first = line.leave()
    line.leave()(answered)
    first(failed(refused))
    expect(line.outage).toBeUndefined()
    const under = line.leave()
    line.leave()(failed(refused))
    expect(line.outage).toMatchObject({ knock: 'none yet' })
    expect(line.wait()).toBeDefined()
    under(answered)
    expect([line.outage, line.wait()]).toEqual([undefined, undefined])
  })

  it('lets nobody leave until a knock is heard, then one, and all when that gets through', async () => {
    let isThere = false
    const { line, knocks, pass } = setUp(() => isThere)
    line.leave()(answered)
    line.leave()(failed(refused))
    await pass(60_000)
    expect(knocks.length).toBeGreaterThan(4)
    expect(knocks.length).toBeLessThan(12)
    expect(line.outage?.knock).toBe('silent')
    expect(line.wait()).toMatchObject({
      outage: 'lasts',
      reason: expect.stringMatching(/^Waiting for api\.test: no answer since .*ECONNREFUSED/),
    })
    isThere = true
    await pass(16_000)
    expect(line.wait()).toBeUndefined()
    const arrive = line.leave()
    expect(line.wait()).toBeDefined()
    arrive(failed(refused))
    expect(line.outage?.knock).toBe('heard')
    await pass(16_000)
    const again = line.leave()
    again({ kind: 'unused' })
    expect(line.wait()).toBeUndefined()
    line.leave()(answered)
    expect([line.wait(), line.outage]).toEqual([undefined, undefined])
    expect(line.restored).toMatchObject({ outage: 'over', reason: expect.stringMatching(/answers again, after \d+ s/) })
  })

  const failures = [
    ['no connection and nobody at the door', refused, false, 30],
    ['no connection, but a knock is heard', refused, true, 30],
    ['a gateway that reaches nobody', new EngineError('lm-server', 'Bad gateway.', { status: 502, isRetryable: true }), true, 300],
    ['no answer in time, and nobody at the door', new EngineError('lm-timeout', 'Late.', { isRetryable: true }), false, 30],
    ['no answer in time, but a knock is heard', new EngineError('lm-timeout', 'Late.', { isRetryable: true }), true, 300],
  ] as const
  it.each(failures)('gives an endpoint up that never answered, then begins anew: %s', async (_name, error, isHeard, seconds) => {
    const { clock, line, pass } = setUp(() => isHeard)
    /** As a queue does: whoever may leave leaves, and fails. */
    const passAndTry = async (ms: number): Promise<void> => {
      const end = clock.now() + ms
      while (clock.now() < end && !line.unreachable) {
        await pass(Math.min(250, end - clock.now()))
        if (line.outage && !line.wait()) line.leave()(failed(error))
      }
    }
    line.leave()(failed(error))
    await passAndTry(3000)
    expect(line.wait()?.reason).toMatch(/^Waiting for api\.test: it has not answered once since .* the run ends, keeps all it has/)
    await passAndTry(seconds * 1000 - 4000)
    expect(line.unreachable).toBeUndefined()
    await passAndTry(32_000)
    expect(line.unreachable).toMatchObject({ code: 'lm-unreachable', facts: { isRetryable: false } })
    expect(line.unreachable?.message).toContain(error.message)
    await pass(1000)
    expect([line.outage, line.wait()]).toEqual([undefined, undefined])
    const before = line.unreachable
    // A server that was started meanwhile is taken as any other.
    line.leave()(answered)
    line.leave()(failed(error))
    await passAndTry(seconds * 2000)
    expect(line.unreachable).toBe(before)
    expect(line.outage).toBeDefined()
  })

  it('knocks for somebody only: without anybody who asks, nothing is sent and no timer runs', async () => {
    const clock = manualClock()
    let knocks = 0
    const line = createLine({ clock, host: 'api.test', knock: async () => ++knocks > 0 })
    line.leave()(failed(refused))
    await clock.advance(3_600_000)
    expect([knocks, clock.sleeping]).toEqual([0, []])
    line.wait()
    await clock.advance(0)
    expect(knocks).toBe(1)
  })

  it('never lets two leave at once while it is down, and never holds everybody for ever', async () => {
    const outcomes = {
      refused: failed(refused),
      answered,
      unused: { kind: 'unused' },
      stopped: failed(new EngineError('run-stopped', 'Stopped.')),
    } as const
    const steps = fc.array(fc.constantFrom('leave', 'pass', 'refused', 'answered', 'unused', 'stopped'), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(steps, async steps => {
        const { line, pass } = setUp(() => true)
        const away: ReturnType<typeof line.leave>[] = []
        let ahead = 0
        let most = 0
        for (const step of steps) {
          if (step === 'pass') await pass(20_000)
          else if (step !== 'leave') away.shift()?.(outcomes[step])
          else if (!line.wait()) {
            const isAhead = line.outage !== undefined
            const arrive = line.leave()
            ahead += isAhead ? 1 : 0
            most = Math.max(most, ahead)
            away.push(outcome => {
              ahead -= isAhead ? 1 : 0
              arrive(outcome)
            })
          }
          if (!line.outage) ahead = 0
        }
        expect(most).toBeLessThanOrEqual(1)
        for (const arrive of away) arrive({ kind: 'unused' })
        await pass(60_000)
        expect(line.wait()).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('learns nothing of the endpoint from a request that never left for a reason of its own', () => {
    const { line } = setUp()
    const noKey = new EngineError('lm-auth', 'The key was forgotten.', { isUnsent: true, isKeyForgotten: true })
    line.leave()(failed(noKey))
    expect(line.lives).toBe(0)
    line.leave()(failed(refused))
    line.leave()(failed(noKey))
    expect([line.lives, line.outage?.error]).toEqual([0, refused])
    expect(cameThrough(failed(new EngineError('lm-auth', 'Wrong key.', { status: 401 })))).toBe('through')
    expect(cameThrough(failed(new EngineError('lm-network', 'x', { isUnsent: true })))).toMatchObject({ code: 'lm-network' })
  })

  it('tells what got no answer from what was answered', () => {
    const status = (code: 'lm-server' | 'lm-timeout' | 'lm-rate-limit', status: number) => new EngineError(code, '', { status })
    for (const error of [refused, status('lm-timeout', 504), status('lm-server', 502), status('lm-server', 503), status('lm-server', 523)])
      expect(isUnanswered(error)).toBe(true)
    for (const error of [status('lm-server', 500), status('lm-rate-limit', 429), new EngineError('run-stopped', ''), new Error('bug')])
      expect(isUnanswered(error)).toBe(false)
    expect(isUnanswered(new EngineError('lm-server', 'Loading.', { status: 503, isLoading: true }))).toBe(false)
  })
})
