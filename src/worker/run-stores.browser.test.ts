import { beforeEach, expect, it } from 'vitest'
import { callKey } from '@/engine/lm/kept/request-key'
import { noTotals } from '@/engine/record/totals'
import { emptyBrowser } from '@/testing/empty-browser'
import { toyModel, toyRun } from '@/testing/toy-run'
import { addCall } from '@/storage/lm-calls'
import { addRun, takeRun } from '@/storage/runs'
import { spendingBook, spentEarlier, storedCalls } from './run-stores'

beforeEach(async () => void (await emptyBrowser('run-stores')))

it('prices the answers of a killed attempt by the models that gave them, those of older versions as the dearest', async () => {
  const cheap = { ...toyModel, id: 'cheap', baseUrl: 'https://cheap.example/v1', price: { input: 1, output: 1 } }
  const dear = { ...toyModel, id: 'dear', baseUrl: 'https://dear.example/v1', price: { input: 40, output: 40 } }
  const { spec } = toyRun({ models: { task: cheap, prompt: dear, overrides: {} } })
  const head = {
    id: 'run_prices',
    projectId: 'p',
    kind: spec.kind,
    title: '',
    spec,
    createdAt: 1,
    heartbeatAt: 1,
    epoch: 0,
    totals: noTotals,
  }
  await addRun({ ...head, status: 'queued' })
  const killed = await takeRun(head.id, 1)
  const calls = await storedCalls(killed, false)
  const answer = (text: string) => {
    const request = { model: toyModel.model, messages: [{ role: 'user', content: text }], settings: {} } as const
    const response = { text, finish: 'stop', usage: { inputTokens: 1_000_000, outputTokens: 0 }, ms: 1 } as const
    return { key: callKey(request, 0), rollout: 0, request, response, at: 1 }
  }
  await calls.add(answer('from the cheap one'), { entry: 'cheap', cost: 1 })
  await calls.add(answer('from the dear one'), { entry: 'dear', cost: 40 })
  // As the version before wrote it.
  await addCall(answer('from before'), { runId: head.id })
  const open = [
    { model: toyModel.model, tokens: 9, cost: 100, key: answer('from the dear one').key },
    { model: toyModel.model, tokens: 9, cost: 7, key: 'never answered' },
  ]
  await spendingBook(killed)({ spent: { calls: 2, tokens: 2_000_000, cost: 41 }, open })

  const resumed = await takeRun(head.id, 2)
  const before = await spentEarlier(resumed)
  expect(before.totals).toMatchObject({ cost: 81, calls: 4, answered: 3, lostCalls: 1, inputTokens: 3_000_000 })
  expect(before.caps).toEqual({ calls: 4, tokens: 3_000_009, cost: 88 })
  // Killed once more before it sent anything: what was lost is lost once.
  expect((await spentEarlier(await takeRun(head.id, 3))).caps).toEqual(before.caps)
})
