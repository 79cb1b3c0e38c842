import { expect, it } from 'vitest'
import { listModels } from './list-models'
import { manualClock } from '@/testing/manual-clock'
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
  ['a server with no model loaded', { object: 'list', data: null }, []],
  ['the same in other words', { models: null }, []],
  ['a list beside an empty error', { error: null, data: [{ id: 'a' }] }, ['a']],
  ['odd entries', { data: [{ id: 1 }, null, 'plain', {}] }, ['plain']],
])('reads the list of %s', async (_name, body, expected) => {
  expect(await list(body)).toEqual(expected)
})

it.each([['<!doctype html>'], ['null'], [{ hello: 'world' }], ['']])('says that %j is no list', async body => {
  await expect(list(body)).rejects.toMatchObject({ code: 'lm-bad-response' })
})

it('takes a refusal inside a success for the refusal that it is', async () => {
  const refused = { error: { message: 'Incorrect API key provided', code: 401 } }
  await expect(list(refused)).rejects.toMatchObject({ code: 'lm-auth' })
  await expect(list({ error: 'upstream exploded' })).rejects.toThrow(/upstream exploded/)
})
