import type { FakeOpenAiOptions, FakeReply, FakeRequest } from '../../e2e/fake-openai'
import { isJsonObject, parseJson } from '@/lib/json'

type Answer = NonNullable<FakeOpenAiOptions['answer']>

/** The chat part of the fake server without a network between: for runs that are made hundreds of times. */
export interface FakeFetch {
  readonly fetch: typeof globalThis.fetch
  /** In order of arrival. */
  readonly requests: readonly FakeRequest[]
}

export function fakeFetch(answer: Answer): FakeFetch {
  const requests: FakeRequest[] = []
  return {
    requests,
    async fetch(url, init) {
      const request = requestOf(String(init?.body), new URL(String(url)).pathname, requests.length)
      requests.push(request)
      const reply = await answer(request)
      return responseOf(typeof reply === 'string' ? { text: reply } : reply, request)
    },
  }
}

/** A request as the fake server hands it to what answers. */
export function requestOf(text: string, path = '/v1/chat/completions', index = 0): FakeRequest {
  const read = parseJson(text)
  const body = read.ok && isJsonObject(read.value) ? read.value : {}
  // Test code reads what our own client wrote.
  const messages = (body['messages'] ?? []) as unknown as FakeRequest['messages']
  const model = String(body['model'])
  return { index, at: 0, method: 'POST', path, headers: {}, model, messages, body, text, seen: 0, outcome: 'answered' }
}

function responseOf({ status = 200, headers = {}, body, text = '', finishReason = 'stop' }: FakeReply, { model }: FakeRequest): Response {
  const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: finishReason }
  const usage = { prompt_tokens: 10, completion_tokens: 2 }
  const sent = body ?? { id: 'fake', object: 'chat.completion', created: 0, model, choices: [choice], usage }
  const isText = typeof sent === 'string'
  return new Response(isText ? sent : JSON.stringify(sent), { status, headers: isText ? headers : { 'content-type': 'application/json' } })
}
