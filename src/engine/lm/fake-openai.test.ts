import { afterEach, describe, expect, it } from 'vitest'
import { markerAnswer, readMarkers } from '../../../e2e/fake-answer'
import { startFakeOpenAi, type FakeOpenAi } from '../../../e2e/fake-openai'

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
const message =
  '[[ ## question ## ]]\nWhat is it?\n\nNow write [[ ## reasoning ## ]], then [[ ## label ## ]] (a valid Python value of type Literal[\'red\', "dark blue"]), then [[ ## count ## ]] (a valid Python value of type int), then the closing marker [[ ## completed ## ]].'

describe('the default answer', () => {
  it('reads inputs and asked fields from the markers', () => {
    expect(readMarkers(message)).toMatchObject({
      inputs: { question: 'What is it?' },
      asked: [{ name: 'reasoning' }, { name: 'label' }, { name: 'count' }],
      wantsJson: false,
    })
  })

  it('gives every asked field a value of its type that depends on the inputs alone', () => {
    const text = markerAnswer({ messages: [{ role: 'user', content: message }], body: {} })
    expect(text).toMatch(
      /^\[\[ ## reasoning ## \]\]\n.+\n\n\[\[ ## label ## \]\]\n(red|dark blue)\n\n\[\[ ## count ## \]\]\n\d+\n\n\[\[ ## completed ## \]\]$/,
    )
    expect(
      markerAnswer({
        messages: [
          { role: 'system', content: 'other' },
          { role: 'user', content: message },
        ],
        body: {},
      }),
    ).toBe(text)
    expect(markerAnswer({ messages: [{ role: 'user', content: message.replace('What', 'Who') }], body: {} })).not.toBe(text)
  })

  it('answers in JSON where JSON is asked for', () => {
    const text = markerAnswer({
      messages: [
        {
          role: 'user',
          content:
            '[[ ## question ## ]]\nWhat?\n\nNow answer with one JSON object and nothing around it, its fields in this order: `reasoning`, then `label`.',
        },
      ],
      body: {},
    })
    expect(Object.keys(JSON.parse(text))).toEqual(['reasoning', 'label'])
  })
})

describe('the server', () => {
  it('answers equal requests alike and logs them without keys', async () => {
    server = await startFakeOpenAi()
    const bodies = await Promise.all([1, 2].map(async () => (await post(ask(message), { authorization: 'Bearer sk-secret' })).json()))
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
