import { expect, it } from 'vitest'
import { listModels } from './list-models'
import { manualClock } from '../base/manual-clock'
import { createTransport } from './openai/transport'

const list = (body: unknown, status = 200) =>
  listModels(
    createTransport({
      baseUrl: 'https://api.example.com/v1/',
      clock: manualClock(),
      authorize: async () => undefined,
      fetch: async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status }),
    }),
  )

it.each([
  ['OpenAI', { object: 'list', data: [{ id: 'b' }, { id: 'a' }, { id: 'b' }] }, ['a', 'b']],
  ['Together', [{ id: 'b', type: 'chat' }, { id: 'a' }], ['a', 'b']],
  ['Cohere', { models: [{ name: 'command' }] }, ['command']],
  ['an empty one', { data: [] }, []],
  ['odd entries', { data: [{ id: 1 }, null, 'plain', {}] }, ['plain']],
])('reads the list of %s', async (_name, body, expected) => {
  expect(await list(body)).toEqual(expected)
})

it.each([['<!doctype html>'], ['null'], [{ data: null }], [{ hello: 'world' }], ['']])('says that %j is no list', async body => {
  await expect(list(body)).rejects.toMatchObject({ code: 'lm-bad-response' })
})
