import { describe, expect, it } from 'vitest'
import { toyModel } from '@/testing/toy-run'
import { nothingSpent } from '../../lm/spend'
import { noTotals } from '../../record/totals'
import { spentBefore, type LeftBehind, type PaidAnswer } from './spent-before'

const cheap = { ...toyModel, id: 'cheap', baseUrl: 'https://cheap.example/v1', price: { input: 1, output: 1 } }
const dear = { ...toyModel, id: 'dear', baseUrl: 'https://dear.example/v1', price: { input: 40, output: 40 } }
const { price: _none, ...free } = { ...toyModel, id: 'free', model: 'toy-2' }
const models = { task: cheap, prompt: dear, teacher: free, overrides: {} }
const usage = { inputTokens: 1_000_000, outputTokens: 0 }
const answer = (key: string, about: Partial<PaidAnswer> = {}): PaidAnswer => ({ key, model: toyModel.model, usage, ...about })
const left = (paid: readonly PaidAnswer[], changes: Partial<LeftBehind> = {}) =>
  spentBefore({ paid, failedCalls: 0, records: [], book: { spent: nothingSpent, open: [] }, lost: nothingSpent, ...changes }, models)
const costOf = (...paid: readonly PaidAnswer[]): number => left(paid).totals.cost

describe('what earlier attempts spent', () => {
  it('is what each answer cost when it was paid', () => {
    expect(costOf(answer('a', { entry: 'cheap', cost: 0.25 }), answer('b', { entry: 'dear', cost: 9 }))).toBe(9.25)
  })

  it('prices an answer that has no cost by the entry that sent it', () => {
    expect(costOf(answer('a', { entry: 'cheap' }))).toBe(1)
    expect(costOf(answer('a', { entry: 'dear' }))).toBe(40)
    expect(left([answer('a', { entry: 'free', model: 'toy-2' })]).totals).toMatchObject({ cost: 0, unpricedCalls: 1 })
  })

  it('prices records of older versions by their endpoint, or else as the dearest model they may mean', () => {
    expect(costOf(answer('a', { endpoint: 'https://cheap.example/v1' }))).toBe(1)
    expect(costOf(answer('a', { endpoint: 'https://dear.example/v1' }))).toBe(40)
    expect(costOf(answer('a', { endpoint: 'https://moved.example/v1' }))).toBe(40)
    expect(costOf(answer('a'))).toBe(40)
    expect(left([answer('a', { model: 'gone' })]).totals).toMatchObject({ cost: 0, unpricedCalls: 1 })
  })

  it('counts requests under way by their answer where there is one, and else as lost at their worst case', () => {
    const open = [
      { key: 'a', tokens: 5_000_000, cost: 200 },
      { key: 'gone', tokens: 7, cost: 0.5 },
    ]
    const { caps, totals, lost } = left([answer('a', { entry: 'dear' }), answer('b', { entry: 'cheap' })], {
      totals: { ...noTotals, calls: 1, answered: 2, cachedCalls: 1, failedCalls: 1, cost: 1, inputTokens: 1_000_000 },
      failedCalls: 3,
      book: { spent: { calls: 1, tokens: 1_000_000, cost: 1 }, open },
      lost: { calls: 4, tokens: 20, cost: 2 },
    })
    expect(lost).toEqual({ calls: 5, tokens: 27, cost: 2.5 })
    expect(caps).toEqual({ calls: 3, tokens: 2_000_007, cost: 41.5 })
    expect(totals).toEqual({ ...noTotals, calls: 5, answered: 2, failedCalls: 3, cost: 41, inputTokens: 2_000_000, lostCalls: 5 })
  })

  it('tells what the judge took by its records, and which answers nobody noted', () => {
    const record = {
      purpose: 'judge',
      role: 'judge',
      model: toyModel.model,
      entry: 'dear',
      cached: false,
      attempts: 1,
      failedAttempts: 0,
      usage,
      ms: 1,
    } as const
    const { totals, unnoted } = left(
      [answer('a', { entry: 'dear' }), answer('b', { entry: 'dear' }), answer('c', { entry: 'cheap', cost: 2 })],
      {
        totals: { ...noTotals, answered: 5, judge: { ...noTotals, answered: 4, calls: 99 } },
        records: [
          { ...record, key: 'a', attempts: 3, failedAttempts: 2 },
          { ...record, key: 'gone', attempts: 2, failedAttempts: 2, error: { code: 'lm-server', message: '' } },
          // Used again before anybody noted who had paid.
          { ...record, key: 'b', cached: true, attempts: 0 },
        ],
      },
    )
    expect(totals.judge).toEqual({ ...noTotals, calls: 5, failedCalls: 4, answered: 4, cachedCalls: 3, inputTokens: 1_000_000, cost: 40 })
    expect([...unnoted]).toEqual([
      ['b', 40],
      ['c', 2],
    ])
    expect(left([answer('a')]).totals).not.toHaveProperty('judge')
  })
})
