import { afterEach, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { startToolServer, testToolHost } from '@/testing/tool-host'
import { noRunner } from '@/testing/memory-ports'
import { httpTool, originOf, type HttpTool } from './http-tool'
import { partAt } from './json-path'
import { isMocked, mockedAnswer } from './mock'
import { toolSchema } from './registry'
import type { ToolHost } from './tool-kind'

type Server = Awaited<ReturnType<typeof startToolServer>>
let server: Server | undefined
afterEach(() => server?.close())

function tool(changes: Partial<HttpTool>): HttpTool {
  return { ...httpTool.starter('search'), timeoutMs: 5000, ...changes }
}
function call(one: HttpTool, args: JsonObject, host: ToolHost) {
  return httpTool.call(one, args, { runner: noRunner, host, signal: new AbortController().signal })
}

describe('an HTTP tool', () => {
  it('puts arguments where they belong and answers with the part that is asked for', async () => {
    server = await startToolServer(() => ({ body: '{"items": [{"name": "a"}, {"name": "b"}]}' }))
    const one = tool({
      method: 'POST',
      url: `${server.origin}/find/{word}?q={word}`,
      headers: [{ name: 'X-Word', value: 'the {count}' }],
      body: '{"text": "about {word}", "count": "{count}", "list": ["{tags}"]}',
      answer: 'items[*].name',
    })
    const host = testToolHost([server.origin])
    expect(await call(one, { word: 'a/b ?&"é', count: 3, tags: ['x'] }, host)).toEqual(['a', 'b'])
    expect(server.seen).toHaveLength(1)
    const [seen] = server.seen
    expect(seen?.url).toBe('/find/a%2Fb%20%3F%26%22%C3%A9?q=a%2Fb%20%3F%26%22%C3%A9')
    expect(seen?.headers).toMatchObject({ 'x-word': 'the 3', 'content-type': 'application/json' })
    expect(JSON.parse(seen?.body ?? '')).toEqual({ text: 'about a/b ?&"é', count: 3, list: [['x']] })
  })

  it('contacts nothing that was not allowed, nor the place a redirect names', async () => {
    const other = await startToolServer(() => ({ body: '"reached"' }))
    server = await startToolServer(() => ({ status: 302, headers: { location: `${other.origin}/x` }, body: '' }))
    const one = tool({ url: `${server.origin}/{query}` })
    await expect(call(one, { query: 'x' }, testToolHost([]))).rejects.toMatchObject({
      code: 'tool-refused',
      message: expect.stringContaining(server.origin) as string,
    })
    expect(server.seen).toHaveLength(0)
    await expect(call(one, { query: 'x' }, testToolHost([server.origin, other.origin]))).rejects.toMatchObject({ code: 'tool-failed' })
    expect(other.seen).toHaveLength(0)
    await expect(call(tool({ url: `${server.origin}/a/{query}/b` }), { query: '..' }, testToolHost([server.origin]))).rejects.toThrow(
      'lead somewhere else',
    )
    expect(server.seen).toHaveLength(1)
    other.close()
  })

  it('takes any text for an argument, in the query as it is', async () => {
    server = await startToolServer(() => ({ body: '1' }))
    const host = testToolHost([server.origin])
    expect(await call(tool({ url: `${server.origin}/a?q={query}` }), { query: '\ud800 ../b' }, host)).toBe(1)
    expect(await call(tool({ url: `${server.origin}/a?path=/x/../y&q={query}` }), { query: 'z' }, host)).toBe(1)
    const headed = tool({ url: `${server.origin}/a`, headers: [{ name: 'X-Query', value: '{query}' }] })
    await expect(call(headed, { query: 'snow ☃' }, host)).rejects.toThrow('no header takes')
    expect(server.seen).toHaveLength(2)
  })

  it('keeps secrets from going over the open network', () => {
    const secret = [{ name: 'Authorization', value: '{secret:KEY}' }]
    const told = (url: string): boolean =>
      httpTool.faults(tool({ url, headers: secret })).some(({ words }) => words.includes('over http://'))
    expect(['http://api.example.com/a', 'http://8.8.8.8/a'].map(told)).toEqual([true, true])
    expect(['https://api.example.com/a', 'http://localhost:1/a', 'http://192.168.0.2/a'].map(told)).toEqual([false, false, false])
  })

  it('sends a secret to its own origin alone and shows it to nobody', async () => {
    const secret = 'very-secret-value-1234567890'
    server = await startToolServer(({ headers }, count) =>
      count === 1 ? { body: JSON.stringify({ echoed: headers.authorization }) } : { status: 500, body: `bad ${headers.authorization}` },
    )
    const one = tool({ url: `${server.origin}/a`, headers: [{ name: 'Authorization', value: 'Bearer {secret:WEATHER}' }] })
    const host = testToolHost([server.origin], { [`${server.origin}#WEATHER`]: secret })
    const answer = JSON.stringify(await call(one, {}, host))
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${secret}`)
    expect(answer).toContain('key removed')
    expect(answer).not.toContain(secret)
    const error: unknown = await call(one, {}, host).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'tool-failed' })
    expect(String(error)).not.toContain(secret)
    const elsewhere = testToolHost([server.origin], { ['https://other.example#WEATHER']: secret })
    await expect(call(one, {}, elsewhere)).rejects.toMatchObject({
      code: 'tool-refused',
      message: expect.stringContaining('WEATHER') as string,
    })
    expect(server.seen).toHaveLength(2)
  })

  it('gives up after its time and its size, and says so', async () => {
    server = await startToolServer((_seen, count) => (count === 1 ? 'hang' : { body: 'x'.repeat(5000) }))
    const host = testToolHost([server.origin])
    await expect(call(tool({ url: `${server.origin}/a`, timeoutMs: 100 }), {}, host)).rejects.toThrow('took longer than 0.1 s')
    await expect(call(tool({ url: `${server.origin}/a`, mostBytes: 1000 }), {}, host)).rejects.toThrow('more than 1000 bytes')
  })

  it('says what is wrong with its settings', () => {
    const parts = (changes: Partial<HttpTool>): readonly string[] => httpTool.faults(tool(changes)).map(({ part }) => part)
    expect(parts({})).toEqual([])
    for (const url of [
      '',
      'ftp://a.example/x',
      'https://{query}.example/x',
      'https://user:pass@a.example/',
      'https://a.example{query}',
      'https://a.example/{secret:X}',
      'https://a.example/{other}',
    ])
      expect(parts({ url })).toContain('url')
    expect(parts({ headers: [{ name: 'a b', value: '' }] })).toEqual(['headers'])
    expect(parts({ method: 'POST', body: '{"a": {query}}' })).toEqual(['body'])
    expect(parts({ method: 'POST', body: '{"a": "{secret:X}"}' })).toEqual(['body'])
    expect(parts({ body: '{}' })).toEqual(['body'])
    expect(originOf('https://A.example:443/x')).toBe('https://a.example')
  })

  it('finds parts of an answer', () => {
    const value: Json = { a: [{ b: 1 }, { b: 2 }, {}], 'c-d': { e: null } }
    expect(partAt(value, '')).toBe(value)
    expect(partAt(value, 'a[1].b')).toBe(2)
    expect(partAt(value, 'a[*].b')).toEqual([1, 2])
    expect(partAt(value, 'c-d.e')).toBeNull()
    expect(partAt(value, 'a.9')).toBeUndefined()
    expect(partAt(value, 'a.length.toString')).toBeUndefined()
    expect(partAt('text', 'length')).toBeUndefined()
  })
})

describe('a tool', () => {
  it('without a kind is JavaScript, as all were once', () => {
    const old = { name: 'look_up', source: 'return 1' }
    const read = toolSchema.parse(old)
    expect(read).toEqual({ name: 'look_up', desc: '', args: [], source: 'return 1' })
    expect(toolSchema.safeParse({ ...old, kind: 'telepathy' }).success).toBe(false)
  })

  it('answers from what is written down, in scored work or everywhere', () => {
    const mock = { use: 'scored', answers: [{ args: { a: 1, b: 2 }, answer: 'both' }, { answer: 'else' }] } as const
    expect(isMocked({ mock: { ...mock, answers: [] } }, 'row')).toBe(false)
    expect(isMocked({ mock: { ...mock, answers: [] } }, 'trial')).toBe(true)
    expect(isMocked({ mock: { use: 'always', answers: [] } }, 'row')).toBe(true)
    const named = { name: 't', mock: { use: 'scored' as const, answers: [...mock.answers] } }
    expect(mockedAnswer(named, { b: 2, a: 1 })).toBe('both')
    expect(mockedAnswer(named, { a: 1 })).toBe('else')
    expect(() => mockedAnswer({ name: 't', mock: { use: 'scored', answers: [] } }, {})).toThrow('no fixed answer')
  })
})
