import { describe, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { systemClock } from '@/lib/system-clock'
import { EngineError } from '../../base/errors'
import { createBudget } from './budget'
import type { Gate } from './dispatch'
import { callKey } from '../kept/request-key'
import { scriptedLm, type Script } from '@/testing/scripted-lm'
import type { SpendNote } from '../spend'
import { lmStack } from './stack'
import { memoryCalls, testCall, testRequest } from '@/testing/test-call'

function setUp(noteSpend: (note: SpendNote) => Promise<void>, options: { readonly script?: Script; readonly gate?: Gate } = {}) {
  const provider = scriptedLm(options.script ?? (async () => 'ok'))
  const budget = createBudget({}, systemClock)
  const { gate } = options
  const rng = pythonRandom(1)
  const lm = lmStack({ connect: provider, calls: memoryCalls(), budget, clock: systemClock, rng, noteSpend, ...(gate && { gate }) })
  return { provider, budget, lm }
}

describe('a note of what is about to be spent', () => {
  it('is written before the request leaves, and names it with its worst case', async () => {
    const notes: SpendNote[] = []
    const sentWhenNoted: number[] = []
    const { lm, provider } = setUp(async note => {
      await Promise.resolve()
      notes.push(note)
      sentWhenNoted.push(provider.requests.length)
    })
    await lm.generate(testRequest('one'), testCall())
    await lm.generate(testRequest('two'), testCall())
    expect(sentWhenNoted).toEqual([0, 1])
    expect(notes.map(note => note.open.map(({ key }) => key))).toEqual([[callKey(testRequest('one'), 0)], [callKey(testRequest('two'), 0)]])
    expect(notes[0]?.open[0]?.tokens).toBeGreaterThan(1000)
    expect(notes.map(note => note.spent.calls)).toEqual([0, 1])
  })

  it('that cannot be written keeps the request here and gives its room back', async () => {
    const { lm, provider, budget } = setUp(() => Promise.reject(new EngineError('storage-failed', 'Taken over.', { reason: 'epoch' })))
    await expect(lm.generate(testRequest('q'), testCall())).rejects.toMatchObject({ code: 'storage-failed' })
    expect(provider.requests).toHaveLength(0)
    expect(budget.note()).toEqual({ spent: { calls: 0, tokens: 0, cost: 0 }, open: [] })
  })

  it('lets a pause that comes meanwhile hold the request back', async () => {
    let open: (() => void) | undefined
    let closed: Promise<void> | undefined
    const { lm, provider } = setUp(
      async () => {
        if (open) return
        closed = new Promise(resolve => (open = resolve))
      },
      { gate: () => closed ?? Promise.resolve() },
    )
    const answer = lm.generate(testRequest('q'), testCall())
    await systemClock.sleep(20)
    expect(provider.requests).toHaveLength(0)
    closed = undefined
    open?.()
    expect((await answer).text).toBe('ok')
  })
})
