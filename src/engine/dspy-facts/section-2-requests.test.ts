import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@/lib/json'
import { askOnce } from '@/testing/ask-once'
import { barePrompt } from '@/testing/bare-prompt'
import type { ScriptedAnswer } from '@/testing/scripted-lm'
import { signatureOf } from '@/testing/signature-of'
import { toyModel } from '@/testing/toy-run'
import { frameText } from '../adapters/frame-text'
import { adapters } from '../adapters/registry'
import { EngineError } from '../base/errors'
import type { Lm } from '../lm/lm'
import { plainMessages } from '../lm/parts'
import { nativeOutputs } from '../modules/native-outputs'
import type { AdapterId } from '../program/adapter-id'
import type { JsonFallback } from '../program/json-fallback'

type Formats = Lm['capabilities']['responseFormats']
const both: Formats = ['json_schema', 'json_object']
const good = '[[ ## a ## ]]\nx'

interface Asking {
  readonly fact: string
  readonly adapter: AdapterId
  readonly line: string
  readonly answers: readonly ScriptedAnswer[]
  readonly formats?: Formats
  readonly jsonFallback?: JsonFallback
  /** The format of each request that is made; `text` where none is asked for. */
  readonly asked: readonly string[]
  readonly values?: object
  readonly error?: string
}

const parse = 'adapter-parse'
const askings: readonly Asking[] = [
  { fact: '§A.1 F01 chat, then JSON by schema', adapter: 'chat', line: 'q -> a', answers: ['garbage', '{"a": "x"}'], asked: ['text', 'json_schema'], values: { a: 'x' } },
  { fact: '§A.1 F02 two requests at most', adapter: 'chat', line: 'q -> a', answers: ['garbage', 'garbage', '{"a": "z"}'], asked: ['text', 'json_schema'], error: parse },
  { fact: '§A.1 F03 JSON has no second request', adapter: 'json', line: 'q -> a', answers: ['garbage', '{"a": "z"}'], asked: ['json_schema'], error: parse },
  { fact: '§A.1 F04 nor for a value of another type', adapter: 'json', line: 'q -> a: int', answers: ['{"a": "zz"}', '{"a": 3}'], asked: ['json_schema'], error: parse },
  { fact: '§A.1 F05 nor has BAML', adapter: 'baml', line: 'q -> a', answers: ['zzz', '{"a": "z"}'], asked: ['json_schema'], error: parse },
  { fact: '§A.1 F06 an open mapping is a JSON object without a schema', adapter: 'json', line: 'q -> a: dict[str, int]', answers: ['{"a": {"x": 1}}'], asked: ['json_object'], values: { a: { x: 1 } } },
  { fact: '§A.1 F07 a model without formats is asked for plain text twice', adapter: 'chat', line: 'q -> a', answers: ['', '{"a": "z"}'], formats: [], asked: ['text', 'text'], values: { a: 'z' } },
  { fact: '§A.1 F08 no second request with the fallback off', adapter: 'chat', line: 'q -> a', answers: ['garbage', '{"a": "z"}'], jsonFallback: 'never', asked: ['text'], error: parse },
  { fact: '§A.1 F09 a failure of the way to the model is not asked again', adapter: 'chat', line: 'q -> a', answers: [new EngineError('lm-server', 'Down.'), '{"a": "z"}'], asked: ['text'], error: 'lm-server' },
  { fact: '§2.12 nor is a prompt that is too long', adapter: 'chat', line: 'q -> a', answers: [new EngineError('lm-context-length', 'Long.'), '{"a": "z"}'], asked: ['text'], error: 'lm-context-length' },
  { fact: '§2.12 a chat answer that can be read is one request', adapter: 'chat', line: 'q -> a', answers: [good], asked: ['text'], values: { a: 'x' } },
  { fact: '§2.12 XML falls back as chat does', adapter: 'xml', line: 'q -> a', answers: ['garbage', '{"a": "x"}'], asked: ['text', 'json_schema'], values: { a: 'x' } },
  { fact: '§2.12 a model without schemas gets a JSON object', adapter: 'json', line: 'q -> a', answers: ['{"a": "x"}'], formats: ['json_object'], asked: ['json_object'], values: { a: 'x' } },
  { fact: '§2.12 a model without formats gets a plain request', adapter: 'json', line: 'q -> a', answers: ['{"a": "x"}'], formats: [], asked: ['text'], values: { a: 'x' } },
  { fact: '§2.12 (3.3.1) programs from before had up to three requests, and go on so', adapter: 'chat', line: 'q -> a', answers: ['garbage', 'garbage', '{"a": "z"}'], jsonFallback: 'twice', asked: ['text', 'json_schema', 'json_object'], values: { a: 'z' } },
  { fact: '§2.12 (3.3.1) and two in JSON', adapter: 'json', line: 'q -> a', answers: ['garbage', '{"a": "z"}'], jsonFallback: 'twice', asked: ['json_schema', 'json_object'], values: { a: 'z' } },
  { fact: '§2.12 differs on purpose: a format that the provider refuses is asked for in the next one, where DSPy gives up', adapter: 'json', line: 'q -> a', answers: [new EngineError('lm-bad-request', 'No such format.'), '{"a": "z"}'], asked: ['json_schema', 'json_object'], values: { a: 'z' } },
  { fact: '§2.12 differs on purpose: an answer that was cut off is not read and not asked again', adapter: 'chat', line: 'q -> a', answers: [{ text: good, finish: 'length' }, '{"a": "z"}'], asked: ['text'], error: 'lm-cut' },
  { fact: '§2.7 two steps: words, then chat about them', adapter: 'two-step', line: 'q -> a', answers: ['It is x.', good], asked: ['text', 'text'], values: { a: 'x' } },
  { fact: '§2.7 the second question alone falls back to JSON', adapter: 'two-step', line: 'q -> a', answers: ['It is x.', 'garbage', '{"a": "x"}'], asked: ['text', 'text', 'json_schema'], values: { a: 'x' } },
  { fact: '§2.7 what cannot be read then is refused', adapter: 'two-step', line: 'q -> a', answers: ['It is x.', 'garbage', 'garbage'], asked: ['text', 'text', 'json_schema'], error: parse },
  { fact: '§A.1 a failure of the second question is passed on as it is', adapter: 'two-step', line: 'q -> a', answers: ['It is x.', new EngineError('lm-server', 'Down.')], asked: ['text', 'text'], error: 'lm-server' },
] // prettier-ignore

describe('how a predictor asks', () => {
  it.each(askings)('$fact', async ({ adapter, line, answers, formats = both, jsonFallback = 'once', asked, ...end }) => {
    const step = { signature: signatureOf(line), adapter: adapters[adapter], jsonFallback }
    const { values, error, requests } = await askOnce(answers, step, formats)
    expect(requests.map(({ responseFormat }) => responseFormat?.type ?? 'text')).toEqual(asked)
    expect({ values, error: error instanceof EngineError ? error.code : error }).toEqual({ values: end.values, error: end.error })
  })

  it('§2.12 the second request has the same fields, demos and inputs, in the layout of JSON', async () => {
    const signature = signatureOf('q -> a', 'Do it.')
    const demos = [{ q: 'D', a: 'E' }]
    const { requests } = await askOnce(['garbage', '{"a": "x"}'], { signature, demos })
    expect(requests.map(({ messages }) => messages)).toEqual([
      adapters.chat.format(signature, demos, { q: 'Q' }),
      adapters.json.format(signature, demos, { q: 'Q' }),
    ])
  })

  it('§A.1 the error of the last request is the one that is told, with the text that could not be read', async () => {
    const { error } = await askOnce(['first', 'second'], { signature: signatureOf('q -> a') })
    expect(error).toMatchObject({ code: 'adapter-parse', facts: { adapter: 'json', text: 'second' } })
  })
})

describe('the second question of two steps', () => {
  const signature = signatureOf('q, n: int -> a, ok: bool', 'Do it.')
  const second = adapters['two-step'].extraction?.signature(signature)

  it('§2.7 is about the answer under the name `text`, with the outputs as they were', () => {
    expect(second?.fields.map(({ name, role, type }) => [name, role, type.kind])).toEqual([
      ['text', 'input', 'str'],
      ['a', 'output', 'str'],
      ['ok', 'output', 'bool'],
    ])
  })

  it('§2.7 has its own instructions, which name the outputs, in the chat layout', () => {
    expect(second?.instructions).toContain('`a`, `ok`')
    expect(adapters['two-step'].extraction?.adapter.id).toBe('chat')
  })

  it('§2.7 goes to the model for extraction, where there is one, and is asked without demos', async () => {
    const asked: string[] = []
    const extraction = {
      lm: {
        capabilities: { responseFormats: [] },
        async generate(request: Parameters<Lm['generate']>[0]) {
          asked.push(`${request.model} ${'messages' in request ? request.messages.length : 0}`)
          const text = '[[ ## a ## ]]\nx\n[[ ## ok ## ]]\nyes'
          return { text, finish: 'stop', usage: { inputTokens: 1, outputTokens: 1 }, ms: 0, cached: false, attempts: 1 } as const
        },
      },
      model: { ...toyModel, model: 'reader' },
    }
    const demos = [{ q: 'D', n: 1, a: 'E', ok: true }]
    const step = { signature, demos, inputs: { q: 'Q', n: 2 }, adapter: adapters['two-step'], extraction }
    const { values, requests } = await askOnce(['It is x, yes.'], step)
    expect([values, asked]).toEqual([{ a: 'x', ok: true }, ['reader 2']])
    expect(requests[0]?.messages).toHaveLength(4)
  })

  it('§2.7 differs on purpose: an output called `text` is read as well', () => {
    const named = adapters['two-step'].extraction?.signature(signatureOf('q -> text'))
    expect(named?.fields.map(({ name }) => name)).toEqual(['text_', 'text'])
  })
})

describe('the turns of a history', () => {
  const signature = signatureOf('q, history: dspy.History -> a', 'Do it.')
  const history: JsonObject = { messages: [{ q: 'h1', a: 'A1' }, { a: 'A2' }] }
  const told = (adapter: AdapterId) =>
    plainMessages(adapters[adapter].format(signature, [{ q: 'D', a: 'E', history: { messages: [] } }], { q: 'Q', history }))

  it('§A.2 H01 a turn of the user ends with the reminder of the request; demos have none, and an answer alone has no turn of the user', () => {
    const messages = told('chat')
    const last = messages.at(-1)?.content ?? ''
    const reminder = last.slice(last.lastIndexOf('\n\n'))
    expect(messages.slice(1).map(({ role, content }) => [role, content.endsWith(reminder)])).toEqual([
      ['user', false],
      ['assistant', false],
      ['user', true],
      ['assistant', false],
      ['assistant', false],
      ['user', true],
    ])
  })

  it.each(['json', 'xml', 'baml'] as const)('§A.2 the same in %s', id => {
    const messages = told(id)
    const last = messages.at(-1)?.content ?? ''
    const reminder = last.slice(last.lastIndexOf('\n\n'))
    expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content.endsWith(reminder))).toEqual([false, true, true])
  })

  it('§A.2 two steps have no reminder at all', () => {
    expect(told('two-step').at(-1)?.content).toBe('q: Q')
  })

  it('§2.6 the system message still lists the history, and no request holds it', () => {
    const [system, ...turns] = told('chat')
    expect(system?.content).toContain('2. `history` (History):')
    expect(turns.slice(2).some(({ content }) => content.includes('## history ##'))).toBe(false)
    expect(system?.content.endsWith(`${frameText.objective}\n        Do it.`)).toBe(true)
  })

  it('§2.6 an output that a turn lacks is `None`, and a turn without inputs is an answer alone', () => {
    const messages = barePrompt(adapters.chat, signatureOf('q, history: dspy.History -> a, b', ''), [], { q: 'Q', history })
    expect(messages.slice(2, 4)).toEqual([
      '[[ ## a ## ]]\nA1\n\n[[ ## b ## ]]\nNone\n\n[[ ## completed ## ]]\n',
      '[[ ## a ## ]]\nA2\n\n[[ ## b ## ]]\nNone\n\n[[ ## completed ## ]]\n',
    ])
  })
})

describe('reasoning of the model itself', () => {
  const signature = signatureOf('q -> why: dspy.Reasoning, a')
  const effort = { reasoningEffort: 'low' } as const

  it('§2.10 leaves the prompt, and is filled out of what the model thought, or null', () => {
    const native = nativeOutputs(signature, { model: 'r1', settings: effort })
    expect(native?.signature.fields.map(({ name }) => name)).toEqual(['q', 'a'])
    expect(native?.fill({ a: 'x' }, { parts: [{ type: 'reasoning', text: 'So.' }] })).toEqual({ why: 'So.', a: 'x' })
    expect(native?.fill({ a: 'x' }, {})).toEqual({ why: null, a: 'x' })
  })

  it('§2.10 is a text like any other where the model does not think', () => {
    expect(nativeOutputs(signature, { model: 'r1', settings: {} })).toBeUndefined()
  })

  it('§2.10 differs on purpose: a model thinks where its settings say so, and not for the field alone', () => {
    expect(nativeOutputs(signature, { model: 'o3-mini', settings: {} })).toBeUndefined()
  })
})
