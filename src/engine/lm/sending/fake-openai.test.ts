import { afterEach, describe, expect, it } from 'vitest'
import { typedAnswer } from '../../../../e2e/fake-answer'
import { chatAdapter } from '@/engine/adapters/chat'
import { jsonAdapter } from '@/engine/adapters/json'
import { plainMessages } from '../parts'
import { signature } from '../../providers/sandbox/ask.fixture'
import { startFakeOpenAi, type FakeOpenAi } from '../../../../e2e/fake-openai'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server?.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const ask = (content: string) => ({ model: 'm', messages: [{ role: 'user', content }] })
const asked = signature("question -> reasoning, label: Literal['red', 'dark blue'], count: int", 'Find out.')
const prompt = (question: string, { format } = chatAdapter) => [...plainMessages(format(asked, [], { question }))]

describe('the default answer', () => {
  it('gives every asked field a value of its type that depends on the inputs alone', () => {
    const text = typedAnswer({ messages: prompt('What is it?'), body: {} })
    expect(chatAdapter.parse(asked, text)).toMatchObject({ reasoning: expect.stringMatching(/What is it/), count: expect.any(Number) })
    const [system, request] = prompt('What is it?')
    const reworded = [{ role: 'system', content: system?.content.replace('Find out', 'Look') ?? '' }, request!]
    expect(typedAnswer({ messages: reworded, body: {} })).toBe(text)
    expect(typedAnswer({ messages: prompt('Who is it?'), body: {} })).not.toBe(text)
  })

  it('answers in JSON where JSON is asked for', () => {
    const shown = typedAnswer({ messages: prompt('What?', jsonAdapter), body: {} })
    expect(Object.keys(JSON.parse(shown))).toEqual(['reasoning', 'label', 'count'])
    expect(typedAnswer({ messages: prompt('What?'), body: { response_format: { type: 'json_object' } } })).toBe(shown)
  })
})

describe('the server', () => {
  it('answers equal requests alike and logs them without keys', async () => {
    server = await startFakeOpenAi()
    const bodies = await Promise.all(
      [1, 2].map(async () => (await post(ask('Is anybody there?'), { authorization: 'Bearer sk-secret' })).json()),
    )
    expect(bodies[0]).toEqual(bodies[1])
    expect(server.count).toBe(2)
    expect(server.requests.map(request => request.seen)).toEqual([0, 1])
    expect(server.requests[0]?.keyHash).toMatch(/^[0-9a-f]+$/)
  })

  it('allows pages two headers and no more', async () => {
    server = await startFakeOpenAi({ corsOrigin: 'http://localhost:1' })
    const response = await fetch(`${server.url}/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:1', 'access-control-request-headers': 'authorization' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:1')
  })

  it('fails by seed and body, not by order, and not for ever', async () => {
    const outcomes = async (contents: readonly string[]) => {
      server = await startFakeOpenAi({ faults: { seed: 4, serverError: 0.3, rateLimit: 0.2, atMostPerRequest: 2 } })
      const statuses: Record<string, number[]> = {}
      for (const content of contents)
        for (let attempt = 0; attempt < 3; attempt++) (statuses[content] ??= []).push((await post(ask(content))).status)
      await server.close()
      return statuses
    }
    const contents = Array.from({ length: 30 }, (_, index) => `q${index}`)
    const forwards = await outcomes(contents)
    expect(await outcomes(contents.toReversed())).toEqual(forwards)
    const all = Object.values(forwards)
    expect(all.every(statuses => statuses[2] === 200)).toBe(true)
    const first = all.map(statuses => statuses[0])
    expect(first.filter(status => status === 500).length).toBeGreaterThan(3)
    expect(first.filter(status => status === 429).length).toBeGreaterThan(1)
    expect(first.filter(status => status === 200).length).toBeGreaterThan(9)
  })

  it('refuses wrong keys, unknown models and unknown paths', async () => {
    server = await startFakeOpenAi({ requireKey: 'right', models: ['m'] })
    expect((await post(ask('q'))).status).toBe(401)
    expect((await post(ask('q'), { authorization: 'Bearer right' })).status).toBe(200)
    expect((await post({ ...ask('q'), model: 'n' }, { authorization: 'Bearer right' })).status).toBe(404)
    expect((await fetch(`${server.url}/nothing`, { headers: { authorization: 'Bearer right' } })).status).toBe(404)
    expect(await (await fetch(`${server.url}/models`, { headers: { authorization: 'Bearer right' } })).json()).toMatchObject({
      data: [{ id: 'm' }],
    })
  })

  it('closes although a request stalls', async () => {
    server = await startFakeOpenAi({ faults: { stall: 1 } })
    const stalled = post(ask('q')).catch(() => 'cut')
    await new Promise(resolve => setTimeout(resolve, 30))
    await server.close()
    expect(await stalled).toBe('cut')
    server = undefined
  })
})
