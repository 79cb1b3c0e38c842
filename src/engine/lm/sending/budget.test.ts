import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEngineError } from '../../base/errors'
import { createBudget, type BudgetGate } from './budget'
import { manualClock } from '@/testing/manual-clock'
import { testRequest } from '@/testing/test-call'
import { worstCaseTokens } from '../usage'
import type { Reservation } from '../spend'

const price = { input: 1, output: 2 }
const refusal = (budget: BudgetGate, content = 'q', maxTokens = 10) => {
  try {
    budget.reserve(testRequest(content, { settings: { maxTokens } }), price)
    return undefined
  } catch (error) {
    return error
  }
}

describe('createBudget', () => {
  it('lets everything pass without caps, and counts', () => {
    const budget = createBudget({}, manualClock())
    const reservation = budget.reserve(testRequest('q'), price)
    expect(budget.spent).toEqual({ calls: 0, tokens: 0, cost: 0 })
    budget.settle(reservation, { inputTokens: 1_000_000, outputTokens: 500_000 })
    expect(budget.spent).toEqual({ calls: 1, tokens: 1_500_000, cost: 2 })
  })

  it('counts each attempt as a call and names the cap', () => {
    const budget = createBudget({ maxCalls: 2 }, manualClock())
    budget.settle(budget.reserve(testRequest('q')), { inputTokens: 0, outputTokens: 0 })
    budget.reserve(testRequest('q'))
    expect(refusal(budget)).toMatchObject({
      code: 'budget-exhausted',
      facts: { cap: 'calls' },
      message: 'The cap of 2 LM calls for this run is used up.',
    })
  })

  it('holds the worst case back until the call returns, then only what it took', () => {
    const { input, output } = worstCaseTokens(testRequest('q', { settings: { maxTokens: 10 } }))
    const budget = createBudget({ maxTokens: 2 * (input + output) - 1 }, manualClock())
    const first = budget.reserve(testRequest('q', { settings: { maxTokens: 10 } }))
    expect(refusal(budget)).toMatchObject({
      code: 'budget-exhausted',
      facts: { cap: 'tokens' },
      message: expect.stringContaining('tokens leaves no room'),
    })
    expect(budget.tryReserve(testRequest('q', { settings: { maxTokens: 10 } }))).toBeUndefined()
    budget.settle(first, { inputTokens: 2, outputTokens: 1 })
    expect(refusal(budget)).toBeUndefined()
  })

  it('says at once when no return of others could make room', () => {
    const budget = createBudget({ maxTokens: 5000 }, manualClock())
    budget.reserve(testRequest('q', { settings: { maxTokens: 10 } }))
    expect(() => budget.tryReserve(testRequest('q', { settings: { maxTokens: 6000 } }))).toThrow('leaves no room')
  })

  it('caps dollars for models with a price', () => {
    const budget = createBudget({ maxCost: 0.001 }, manualClock())
    expect(refusal(budget, 'q', 10)).toBeUndefined()
    expect(refusal(budget, 'q', 1000)).toMatchObject({ facts: { cap: 'cost' }, message: expect.stringMatching(/^The cap of \$0\.0010 /) })
    expect(() => budget.reserve(testRequest('q', { settings: { maxTokens: 100_000 } }))).not.toThrow()
  })

  it('takes the worst case as spent when nobody knows what was billed, and nothing when it was never sent', () => {
    const budget = createBudget({}, manualClock())
    const { input } = worstCaseTokens(testRequest('q'))
    budget.settle(budget.reserve(testRequest('q', { settings: { maxTokens: 50 } })), undefined)
    budget.release(budget.reserve(testRequest('q')))
    expect(budget.spent).toEqual({ calls: 1, tokens: input + 50, cost: 0 })
  })

  it('ends by the clock, counting earlier attempts of the run', async () => {
    const clock = manualClock()
    const budget = createBudget({ maxMs: 60_000, maxCalls: 10 }, clock, { ms: 30_000, calls: 9 })
    expect(refusal(budget)).toBeUndefined()
    expect(refusal(budget)).toMatchObject({ facts: { cap: 'calls' } })
    await clock.advance(30_000)
    expect(refusal(budget)).toMatchObject({ facts: { cap: 'time' }, message: 'The time limit of 60 s for this run is used up.' })
  })

  it('wakes those who wait when a call returns, and lets go of those who give up', async () => {
    const budget = createBudget({ maxCalls: 1 }, manualClock())
    const reservation = budget.reserve(testRequest('q'))
    const patient = budget.nextSettled(new AbortController().signal)
    const hasty = new AbortController()
    const left = budget.nextSettled(hasty.signal)
    hasty.abort(new Error('stop'))
    await expect(left).rejects.toThrow('stop')
    budget.release(reservation)
    await expect(patient).resolves.toBeUndefined()
    await expect(budget.nextSettled(hasty.signal)).resolves.toBeUndefined()
  })

  it('never passes a cap, whatever order calls start and return in', () => {
    const step = fc.record({
      starts: fc.boolean(),
      content: fc.string({ maxLength: 60, unit: 'grapheme' }),
      maxTokens: fc.integer({ min: 1, max: 300 }),
      pick: fc.nat(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      isLost: fc.boolean(),
    })
    const caps = fc.record({
      maxCalls: fc.integer({ min: 1, max: 20 }),
      maxTokens: fc.integer({ min: 100, max: 3000 }),
      maxCost: fc.double({ min: 0.0001, max: 0.004, noNaN: true }),
    })
    fc.assert(
      fc.property(caps, fc.array(step, { maxLength: 80 }), (cap, steps) => {
        const budget = createBudget(cap, manualClock())
        const open: { reservation: Reservation; input: number; output: number }[] = []
        for (const { starts, content, maxTokens, pick, share, isLost } of steps) {
          if (starts || open.length === 0) {
            const request = testRequest(content, { settings: { maxTokens } })
            const { input, output } = worstCaseTokens(request)
            try {
              const reservation = budget.tryReserve(request, price)
              if (reservation) open.push({ reservation, input, output })
            } catch (error) {
              if (!isEngineError(error, 'budget-exhausted')) throw error
            }
          } else {
            const [done] = open.splice(pick % open.length, 1)
            if (done)
              budget.settle(
                done.reservation,
                isLost ? undefined : { inputTokens: Math.round(done.input * share), outputTokens: Math.round(done.output * share) },
              )
          }
          const { calls, tokens, cost } = budget.spent
          expect(calls + open.length).toBeLessThanOrEqual(cap.maxCalls)
          expect(tokens).toBeLessThanOrEqual(cap.maxTokens)
          expect(cost).toBeLessThanOrEqual(cap.maxCost + 1e-12)
        }
      }),
      { numRuns: 300 },
    )
  })
})
