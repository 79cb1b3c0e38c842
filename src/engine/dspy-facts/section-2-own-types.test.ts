import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { barePrompt } from '@/testing/bare-prompt'
import { signatureOf } from '@/testing/signature-of'
import { parseValueExactly } from '../adapters/parse-value'
import { adapters } from '../adapters/registry'
import type { Values } from '../base/example'
import { memoryBlobs } from '../blobs/blob-store'
import { readDataUrl } from '../blobs/data-url'
import { fitArguments } from '../modules/call-tool'
import { nativeTools } from '../modules/native-tools'
import type { Tool } from '../modules/react-tools'
import type { AdapterId } from '../program/adapter-id'
import { blobReader, wireMessages } from '../providers/openai/wire-messages'
import { outputProblem } from '../signature/check-fields'
import { coerceValue } from '../signature/check-value'
import { parseTypeName } from '../signature/parse-type-name'

const store = memoryBlobs()
const fileOf = async (url: string, name?: string): Promise<Json> => {
  const file = readDataUrl(url)
  if (!file) throw new Error(`${url} is a data URL`)
  return { ...(await store.put(file.bytes, file.mime)), ...(name !== undefined && { name }) }
}
const png = 'data:image/png;base64,iVBORw=='
const wav = 'data:audio/wav;base64,UklGRg=='
const pdf = 'data:application/pdf;base64,JVBERg=='

/** The last message as a provider gets it. */
async function requestOf(line: string, inputs: Values, id: AdapterId = 'chat', cites = false): Promise<unknown> {
  const messages = adapters[id].format(signatureOf(line, ''), [], inputs)
  return (await wireMessages(messages, blobReader(store), cites)).at(-1)?.content
}

describe('files in a message', () => {
  it('§2.6 an image is a part of its own; the text around it keeps its line ends', async () => {
    const content = await requestOf('photo: dspy.Image, q -> a', { photo: await fileOf(png), q: 'What?' })
    expect(content).toEqual([
      { type: 'text', text: '[[ ## photo ## ]]\n' },
      { type: 'image_url', image_url: { url: png } },
      { type: 'text', text: expect.stringMatching(/^\n\n\[\[ ## q ## \]\]\nWhat\?\n\n/) },
    ])
  })

  it.each(['https://a.example/b.png', 'http://a.example/b.png', 'gs://a/b.png'])('§2.6 the address %s is sent as it is', async url => {
    const content = await requestOf('photo: dspy.Image -> a', { photo: { $url: url } })
    expect(content).toContainEqual({ type: 'image_url', image_url: { url } })
  })

  it('§2.6 a recording is `input_audio` with its data and its format', async () => {
    const content = await requestOf('sound: dspy.Audio -> a', { sound: await fileOf(wav) })
    expect(content).toContainEqual({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } })
  })

  it('§2.6 a file is its data with its name, or the id that the provider gave it', async () => {
    const content = await requestOf('one: dspy.File, two: dspy.File -> a', { one: await fileOf(pdf, 'a.pdf'), two: { $file: 'file-1' } })
    expect(content).toContainEqual({ type: 'file', file: { file_data: pdf, filename: 'a.pdf' } })
    expect(content).toContainEqual({ type: 'file', file: { file_id: 'file-1' } })
  })

  it('§2.6 a message without files stays a text', async () => {
    expect(typeof (await requestOf('photo: Optional[dspy.Image], q -> a', { q: 'What?' }))).toBe('string')
  })

  it.each(['chat', 'json', 'xml', 'baml'] as const)('§2.6 files in a list stand between its brackets in %s', async id => {
    const photos = [await fileOf(png), { $url: 'https://a.example/b.png' }]
    const content = await requestOf('photos: list[dspy.Image] -> a', { photos }, id)
    expect(content).toEqual([
      { type: 'text', text: expect.stringMatching(/\n\[$/) },
      { type: 'image_url', image_url: { url: png } },
      { type: 'text', text: ', ' },
      { type: 'image_url', image_url: { url: 'https://a.example/b.png' } },
      { type: 'text', text: expect.stringMatching(/^\]/) },
    ])
  })

  it('§2.6 differs on purpose: an image alone or within an object has no quotes around it, which BAML leaves there', async () => {
    const content = await requestOf('photo: dspy.Image -> a', { photo: await fileOf(png) }, 'baml')
    expect(content).toEqual([
      { type: 'text', text: '[[ ## photo ## ]]\n' },
      { type: 'image_url', image_url: { url: png } },
      { type: 'text', text: expect.stringMatching(/^\n\n[^"]/) },
    ])
  })

  it('§2.6 differs on purpose: no model is asked to write an image, a recording or a file', () => {
    for (const type of ['dspy.Image', 'dspy.Audio', 'list[dspy.File]'])
      expect(signatureOf(`q -> a: ${type}`).fields.flatMap(field => outputProblem(field) ?? [])).not.toEqual([])
  })
})

describe('documents', () => {
  const documents: readonly JsonObject[] = [
    { data: 'Sky.', title: 'T' },
    { data: 'JVBERg==', media_type: 'application/pdf' },
  ]

  it('§A.2 X07 a model that cites gets blocks: a text as `text`, a PDF as `base64`', async () => {
    const content = await requestOf('d: list[dspy.experimental.Document] -> a', { d: documents }, 'chat', true)
    expect(content).toContainEqual({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'Sky.' },
      citations: { enabled: true },
      title: 'T',
    })
    expect(content).toContainEqual({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' },
      citations: { enabled: true },
    })
  })

  it('§2.6 differs on purpose: any other model gets the text, and of a PDF the file', async () => {
    const content = await requestOf('d: list[dspy.experimental.Document] -> a', { d: documents })
    expect(content).toContainEqual({ type: 'text', text: 'Title: T\nSky.' })
    expect(content).toContainEqual(expect.objectContaining({ type: 'file' }))
  })
})

describe('code and calls of tools', () => {
  it.each([
    ['```python\nprint(1)\n```', 'print(1)'],
    ['print(1)', 'print(1)'],
    ['Here:\n```python\na\n```\nand\n```\nb\n```', 'a'],
    ['{"code": "x = 1"}', 'x = 1'],
  ])('§2.6 code: one fence is taken off %j', (text, code) => {
    expect(parseValueExactly(parseTypeName("dspy.Code['python']"), text)).toEqual({ ok: true, value: code })
  })

  it.each<[form: string, value: Json]>([
    ['a list', [{ name: 's', args: { q: 1 } }]],
    ['one call', { name: 's', args: { q: 1 } }],
    ['the whole object', { tool_calls: [{ name: 's', args: { q: 1 } }] }],
    ['the form of providers', { function: { name: 's', arguments: '{"q": 1}' } }],
  ])('§2.6 calls of tools come as %s', (_form, value) => {
    const calls = { tool_calls: [{ name: 's', args: { q: 1 } }] }
    expect(coerceValue({ kind: 'tool-calls' }, value)).toEqual({ ok: true, value: calls })
    expect(parseValueExactly({ kind: 'tool-calls' }, JSON.stringify(value))).toEqual({ ok: true, value: calls })
  })

  it('§2.6 without native calls, results in a history are a turn of the user behind the calls', () => {
    const tool_calls = [{ id: 'c1', name: 's', args: { q: 'cats' } }]
    const results = [{ call_id: 'c1', name: 's', value: 'Nine.', is_error: false }]
    const history = { messages: [{ q: 'Go.', c: { tool_calls, tool_call_results: results } }] }
    const messages = barePrompt(adapters.chat, signatureOf('q, history: dspy.History -> c: dspy.ToolCalls', ''), [], { q: 'Q', history })
    expect(messages.slice(2, -1)).toEqual([
      '[[ ## c ## ]]\n{"tool_calls": [{"name": "s", "args": {"q": "cats"}}]}\n\n[[ ## completed ## ]]\n',
      '[[ ## tool_call_results ## ]]\n{"tool_call_results": [{"call_id": "c1", "name": "s", "value": "Nine.", "is_error": false}]}',
    ])
  })

  it('§2.9 a tool as text: its name, its description between tags with line ends as two spaces, its arguments as Python prints them', () => {
    const tool = { name: 'search', desc: 'Looks up\na word.', args: { query: { type: 'string' } } }
    const [, request = ''] = barePrompt(adapters.chat, signatureOf('tool: dspy.Tool -> a', ''), [], { tool })
    const line = request.split('\n')[1] ?? ''
    expect(line).toMatch(/^search\b/)
    expect(line).toContain('<desc>Looks up  a word.</desc>')
    expect(line).toContain("{'query': {'type': 'string'}}")
  })
})

describe('the arguments of a tool', () => {
  const tool: Pick<Tool, 'name' | 'args'> = {
    name: 't',
    args: [
      { name: 'n', type: { kind: 'int' }, desc: '' },
      { name: 'note', type: { kind: 'optional', of: { kind: 'str' } }, desc: '' },
    ],
  }
  const failure = expect.objectContaining({ code: 'code-failed' })

  it.each<[fact: string, args: JsonObject]>([
    ['an unknown one', { n: 1, other: 2 }],
    ['a missing one', {}],
    ['one of another type', { n: 'many' }],
  ])('§2.9 %s is refused, before the tool runs', (_fact, args) => {
    expect(() => fitArguments(tool, args)).toThrow(failure)
  })

  it('§2.9 what fits is handed on by name', () => {
    expect(fitArguments(tool, { n: 5, note: 'x' })).toEqual({ n: 5, note: 'x' })
  })

  it('§2.9 differs on purpose: digits in a text are a number, and what may be null may be left out', () => {
    expect(fitArguments(tool, { n: '5' })).toEqual({ n: 5, note: null })
  })
})

describe('tools that are offered through the API', () => {
  const search: JsonObject = {
    name: 'search',
    desc: 'Looks up.',
    args: { query: { type: 'string' }, most: { type: 'integer', default: 3 } },
  }
  const signature = signatureOf('q, tools: list[dspy.Tool] -> a: Optional[str], calls: dspy.ToolCalls')
  const native = nativeTools(signature)
  const call = { type: 'tool-call', id: 'c1', name: 'search', args: { query: 'sky' } } as const

  it('§2.9 tools and calls leave the prompt', () => {
    expect(native?.signature.fields.map(({ name }) => name)).toEqual(['q', 'a'])
  })

  it('§2.9 a tool is a function with its arguments as properties; those without a default are required', () => {
    expect(native?.offers({ q: 'Q', tools: [search] })).toEqual([
      {
        name: 'search',
        description: 'Looks up.',
        parameters: { type: 'object', properties: search['args'], required: ['query'] },
      },
    ])
  })

  it('§2.9 calls of the answer are the output, and its words hold the others', () => {
    const calls = { tool_calls: [{ id: 'c1', name: 'search', args: { query: 'sky' } }] }
    expect(native?.fill({ text: '', parts: [call] }, () => ({}))).toEqual({ a: null, calls })
    expect(native?.fill({ text: 'x', parts: [call] }, () => ({ a: 'x' }))).toEqual({ a: 'x', calls })
  })

  it('§2.9 arguments that are no JSON are repaired', () => {
    const filled = native?.fill({ text: '', parts: [{ ...call, args: "{'query': 'sky'" }] }, () => ({}))
    expect(filled?.['calls']).toEqual({ tool_calls: [{ id: 'c1', name: 'search', args: { query: 'sky' } }] })
  })

  it('§2.12 neither words nor calls is an answer that cannot be read', () => {
    expect(() => native?.fill({ text: ' ' }, () => ({}))).toThrow(expect.objectContaining({ code: 'adapter-parse' }))
  })

  it('§2.9 differs on purpose: calls without tools among the inputs are asked for in words, which DSPy refuses', () => {
    expect(nativeTools(signatureOf('q -> calls: dspy.ToolCalls'))).toBeUndefined()
  })
})
