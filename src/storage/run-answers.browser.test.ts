import { deleteDB } from 'idb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { callKey } from '@/engine/lm/kept/request-key'
import { closeDatabase, database, useDatabase } from './db'
import { addCall, getCall } from './lm-calls'
import { addAnswer, answerReader, answersOf } from './run-answers'

const name = 'dspy-studio-run-answers-test'
beforeEach(async () => {
  await useDatabase(name)
  await deleteDB(name)
})
afterEach(async () => {
  await closeDatabase()
  await deleteDB(name)
})

function answer(question: string, text: string): StoredCall {
  const request = { model: 'm', messages: [{ role: 'user', content: question }], settings: {} } as const
  const response = { text, finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 1 } as const
  return { key: callKey(request, 0), rollout: 0, request, response, at: 1 }
}

it.each([undefined, 5])(
  'keeps the first answer of each key, however many come at once, and reads them back at once (imported: %s)',
  async importedAt => {
    const run = { id: 'run_1', ...(importedAt !== undefined && { importedAt }) }
    // All that the answers of a run depend on.
    await (await database()).put('runs', run as never)
    const calls = Array.from({ length: 120 }, (_, at) => answer(`question ${at % 40}`, `answer ${at}`))
    const stored = await Promise.all(calls.map(call => addAnswer(run, call, { entry: 'm', cost: 1 })))
    expect(stored.map(({ response }) => response.text)).toEqual(calls.map((_, at) => `answer ${at % 40}`))
    const get = answerReader(run.id)
    const found = await Promise.all([...calls.map(({ key }) => get(key)), get('none')])
    expect(found).toEqual([...calls.map((_, at) => calls[at % 40]), undefined])
    for await (const some of answersOf(run.id, ['none', ...calls.slice(0, 40).map(({ key }) => key)]))
      expect(some).toEqual(calls.slice(0, 40))
    expect(await (await database()).count('importedCalls')).toBe(importedAt === undefined ? 0 : 40)
  },
)

it('tells each of a batch that cannot be written, and writes the next one', async () => {
  const { key, ...keyless } = answer('a', 'b')
  const bad = addCall({ ...keyless, key: Number.NaN as never })
  const beside = addCall(answer('c', 'd'))
  await expect(bad).rejects.toBeDefined()
  await beside.catch(() => undefined)
  await addCall(answer('e', 'f'))
  expect(await getCall(answer('e', 'f').key)).toEqual(answer('e', 'f'))
  expect(await getCall(key)).toBeUndefined()
})
