import type { Json } from '@/lib/json'
import { isEngineError, type EngineError } from '@/engine/base/errors'
import { manualClock } from './manual-clock'
import { embedRequest } from '@/engine/lm/embed-request'
import { thoughtsOf } from '@/engine/lm/kept/stored-answer'
import { decodeVectors } from '@/engine/lm/vectors'
import { listModels } from '@/engine/providers/list-models'
import { openAiCompatible } from '@/engine/providers/openai/openai-compatible'
import { createTransport } from '@/engine/providers/openai/transport'
import { testCall, testRequest } from './test-call'
import type { RawReply, RawServer } from './raw-server'

const clock = manualClock()
/** What is asked for of a server. */
export const wanted = ['chat', 'embeddings', 'models'] as const
export type Wanted = (typeof wanted)[number]

/** What comes of a body when something is asked for over HTTP: the value, or the error as `code: message`. Anything untyped fails the test. */
export async function outcome(server: RawServer, kind: Wanted, reply: RawReply | Json): Promise<unknown> {
  try {
    return await asked(server, kind, reply)
  } catch (error) {
    if (!isEngineError(error)) throw error
    return `${error.code}: ${error.message}`
  }
}

/** The facts of the error that a body is when a chat is asked for; undefined where it is an answer. */
export async function failureOf(server: RawServer, reply: RawReply | Json): Promise<EngineError['facts'] | undefined> {
  try {
    await asked(server, 'chat', reply)
    return undefined
  } catch (error) {
    if (!isEngineError(error)) throw error
    return error.facts
  }
}

async function asked(server: RawServer, kind: Wanted, reply: RawReply | Json): Promise<unknown> {
  const raw =
    typeof reply === 'object' && reply !== null && 'body' in reply ? (reply as unknown as RawReply) : { body: textOf(reply as Json) }
  server.reply = () => raw
  const transport = createTransport({
    baseUrl: server.url,
    fetch: globalThis.fetch,
    clock,
    authorize: async () => 'sk-1',
    model: 'm',
  })
  const lm = openAiCompatible(transport, clock)
  if (kind === 'models') return listModels(transport)
  if (kind === 'embeddings')
    return decodeVectors((await lm.generate(embedRequest('m', ['one', 'two']), testCall())).vectors).map(vector => [...vector])
  const answer = await lm.generate(testRequest('q'), testCall())
  const { text, finish, usage } = answer
  return { text, finish, usage, thoughts: thoughtsOf(answer) }
}

function textOf(body: Json): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

export const usage = { prompt_tokens: 3, completion_tokens: 2 }
export const spent = { inputTokens: 3, outputTokens: 2 }
const words = 'Zürich – 東京 😀'
export const completion = (
  message: Json,
  choice: { readonly [name: string]: Json } = {},
  more: { readonly [name: string]: Json } = { usage },
): Json => ({
  choices: [{ index: 0, finish_reason: 'stop', message, ...choice }],
  ...more,
})
/** What a server ought to send. */
export const bodies: Readonly<Record<Wanted, Json>> = {
  chat: completion({ role: 'assistant', content: words }),
  embeddings: { object: 'list', data: [1, 2].map(n => ({ index: n - 1, embedding: [n, 0.5] })), usage: { prompt_tokens: 3 } },
  models: { object: 'list', data: [{ id: 'b' }, { id: 'ä' }] },
}
/** What that says. */
export const values: Readonly<Record<Wanted, unknown>> = {
  chat: { text: words, finish: 'stop', usage: spent, thoughts: '' },
  embeddings: [
    [1, 0.5],
    [2, 0.5],
  ],
  models: ['ä', 'b'],
}

/** A body in pieces of a few bytes, so that characters are cut in two. */
export function inPieces(text: string): readonly Uint8Array[] {
  const all = new TextEncoder().encode(text)
  return Array.from({ length: Math.ceil(all.length / 37) }, (_, at) => all.subarray(at * 37, (at + 1) * 37))
}

/** The answer with the address of the server written as HOST. */
export async function saidBy(server: RawServer, kind: Wanted, reply: RawReply | Json): Promise<string> {
  return String(await outcome(server, kind, reply)).replaceAll(`127.0.0.1:${server.port}`, 'HOST')
}
