import { describe, expect, it } from 'vitest'
import { field, lookupTool, oneStep, toyLabels } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { chatAdapter } from '../adapters/chat'
import { xmlAdapter } from '../adapters/xml'
import { EngineError } from '../base/errors'
import { scriptedLm, type Script } from '@/testing/scripted-lm'
import type { SpanCall } from '../trace/span'
import { predict, type PredictStep } from './predict'
import { promptFor } from '../graph/prompt'
import { toolsOf } from '../graph/tools-of'
import { moduleKind, moduleKinds, needStepOf } from './registry'
import { jsonAdapter } from '../adapters/json'

const signature = {
  instructions: 'Sort it.',
  fields: [field('text', 'input'), field('label', 'output', { kind: 'enum', values: toyLabels })],
}

async function ask(
  script: Script,
  changes: Partial<PredictStep> = {},
  formats: readonly ('json_object' | 'json_schema')[] = ['json_schema', 'json_object'],
) {
  const lm = scriptedLm(script, { responseFormats: formats })
  const calls: SpanCall[] = []
  const step: PredictStep = {
    signature,
    demos: [],
    inputs: { text: 'x' },
    adapter: chatAdapter,
    jsonFallback: 'twice',
    lm,
    model: toyModel,
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
    ...changes,
  }
  const outcome = await predict(step, call => calls.push(call)).then(
    values => ({ values, error: undefined }),
    (error: unknown) => ({ values: undefined, error }),
  )
  return { ...outcome, formats: calls.map(call => call.format), calls, requests: lm.requests }
}

const good = '[[ ## label ## ]]\nred\n\n[[ ## completed ## ]]'

describe('a predictor', () => {
  it('asks once when the answer can be read', async () => {
    const { values, formats } = await ask([good])
    expect(values).toEqual({ label: 'red' })
    expect(formats).toEqual(['chat'])
  })

  it('asks again with a JSON schema, then for a JSON object, and gives each request', async () => {
    const { values, formats, calls, requests } = await ask(['gibberish', 'still not JSON', '{"label": "blue"}'])
    expect(values).toEqual({ label: 'blue' })
    expect(formats).toEqual(['chat', 'json-schema', 'json-object'])
    expect(calls.map(call => call.error?.code)).toEqual(['adapter-parse', 'adapter-parse', undefined])
    expect(requests.map(request => request.responseFormat?.type)).toEqual([undefined, 'json_schema', 'json_object'])
    expect(new Set(calls.map(call => call.key)).size).toBe(3)
  })

  it('asks again once where the program says so: with a schema where that can be, and marks the request', async () => {
    const once = { jsonFallback: 'once' } as const
    const { values, formats, calls } = await ask(['gibberish', '{"label": "blue"}'], once)
    expect(values).toEqual({ label: 'blue' })
    expect(formats).toEqual(['chat', 'json-schema'])
    expect(calls.map(call => call.again)).toEqual([undefined, true])
    for (const [formatted, expected] of [
      [
        ['json_schema', 'json_object'],
        ['chat', 'json-schema'],
      ],
      [['json_object'], ['chat', 'json-object']],
      [[], ['chat', 'json']],
    ] as const) {
      const bad = await ask(['gibberish', 'still not JSON'], once, formatted)
      expect(bad.error).toMatchObject({ code: 'adapter-parse' })
      expect(bad.formats).toEqual(expected)
    }
    const free = { ...signature, fields: [field('text', 'input'), field('label', 'output', { kind: 'dict', of: { kind: 'str' } })] }
    expect((await ask(['gibberish', '{"label": {"a": "b"}}'], { ...once, signature: free })).formats).toEqual(['chat', 'json-object'])
    expect((await ask(['gibberish'], { ...once, adapter: jsonAdapter })).formats).toEqual(['json-schema'])
    expect((await ask(['gibberish', '{"label": "red"}'], { ...once, adapter: xmlAdapter })).formats).toEqual(['xml', 'json-schema'])
  })

  it('asks never again where the program says so', async () => {
    for (const adapter of [chatAdapter, xmlAdapter, jsonAdapter]) {
      const { error, calls } = await ask(['gibberish'], { adapter, jsonFallback: 'never' })
      expect(error).toMatchObject({ code: 'adapter-parse' })
      expect(calls).toHaveLength(1)
    }
  })

  it('asks JSON alone in another format only where that is refused, or where the program says twice', async () => {
    const refused = new EngineError('lm-bad-request', 'Not this format.')
    for (const jsonFallback of ['once', 'never'] as const) {
      const { values, calls } = await ask([refused, '{"label": "green"}'], { adapter: jsonAdapter, jsonFallback })
      expect(values).toEqual({ label: 'green' })
      expect(calls.map(({ format, again }) => [format, again])).toEqual([
        ['json-schema', undefined],
        ['json-object', undefined],
      ])
    }
    expect((await ask(['gibberish', '{"label": "green"}'], { adapter: jsonAdapter })).formats).toEqual(['json-schema', 'json-object'])
  })

  it('passes on a fault of its own without a second request', async () => {
    const parse = (): never => {
      throw new TypeError('a bug')
    }
    const { error, calls } = await ask([good], { adapter: { ...chatAdapter, parse } })
    expect(error).toBeInstanceOf(TypeError)
    expect(calls).toHaveLength(1)
  })

  it.each([
    ['[[ ## label ## ]]\nre', {}, 'lm-cut', 'Raise max tokens'],
    [good, { maxTokens: 9 }, 'lm-cut', 'the limit of 9 tokens in the middle'],
    ['', {}, 'lm-cut', 'before it began'],
  ] as const)('takes no answer that was cut off, and does not ask again: %j', async (text, settings, code, words) => {
    const { values, error, calls } = await ask([{ text, finish: 'length' }], { model: { ...toyModel, settings } })
    expect(values).toBeUndefined()
    expect(error).toMatchObject({ code, message: expect.stringContaining(words), facts: { finish: 'length' } })
    expect(calls).toMatchObject([{ finish: 'length', error: { code }, attempts: 1 }])
  })

  it('takes no answer that a filter stopped or the provider broke off', async () => {
    expect((await ask([{ text: good, finish: 'filter' }])).error).toMatchObject({ code: 'lm-content-filter' })
    expect((await ask([{ text: good, finish: 'error' }])).error).toMatchObject({ code: 'lm-bad-response' })
    expect((await ask([{ text: good, finish: 'tool-calls' }])).calls).toMatchObject([{ finish: 'tool-calls' }])
  })

  it('notes no finish of an answer that ended by itself', async () => {
    expect((await ask([good])).calls[0]).not.toHaveProperty('finish')
  })

  it('asks for plain JSON, once, where the model takes no response format', async () => {
    const { error, formats } = await ask(['gibberish', 'gibberish'], {}, [])
    expect(error).toMatchObject({ code: 'adapter-parse' })
    expect(formats).toEqual(['chat', 'json'])
  })

  it('falls back from tags to JSON, as from chat', async () => {
    const read = await ask(['<label>red</label>'], { adapter: xmlAdapter })
    expect(read).toMatchObject({ values: { label: 'red' }, formats: ['xml'] })
    const { values, formats } = await ask(['gibberish', '{"label": "blue"}'], { adapter: xmlAdapter }, ['json_object'])
    expect(values).toEqual({ label: 'blue' })
    expect(formats).toEqual(['xml', 'json-object'])
  })

  it('throws the error of the last request', async () => {
    const { error, formats } = await ask(['one', 'two', 'three'])
    expect(error).toMatchObject({ code: 'adapter-parse' })
    expect(formats).toHaveLength(3)
  })

  it('does not ask again when the way to the model failed', async () => {
    const { error, formats } = await ask([new EngineError('lm-server', 'Down.', { attempts: 6 })])
    expect(error).toMatchObject({ code: 'lm-server' })
    expect(formats).toEqual(['chat'])
  })

  it('moves on when the provider refuses a response format', async () => {
    const { values, formats } = await ask(['gibberish', new EngineError('lm-bad-request', 'No json_schema here.'), '{"label": "green"}'])
    expect(values).toEqual({ label: 'green' })
    expect(formats).toEqual(['chat', 'json-schema', 'json-object'])
  })

  it('sends the settings of the model, and a temperature of its own where one is given', async () => {
    expect((await ask([good])).requests[0]?.settings).toEqual({ temperature: 0 })
    expect((await ask([good], { temperature: 1 })).requests[0]?.settings).toEqual({ temperature: 1 })
  })
})

describe('the prompt of a predictor', () => {
  it('is what is sent', async () => {
    const program = oneStep('predict', { classify: { instructions: 'Sort it.', demos: [{ text: 'a', label: 'red' }] } })
    const { requests } = await ask([good], { demos: [{ text: 'a', label: 'red' }] })
    expect(promptFor(program, 'classify', { text: 'x' })).toEqual(requests[0]?.messages)
    expect(() => promptFor(program, 'nobody', {})).toThrow(/no predictor/)
  })
})

describe('the registry of modules', () => {
  it('finds each kind by its id and says which there are', () => {
    expect(moduleKinds.map(({ id }) => moduleKind(id)?.dspyName)).toEqual([
      'Predict',
      'ChainOfThought',
      'ReAct',
      'ReActV2',
      'ProgramOfThought',
      'CodeAct',
      'RLM',
      'BestOfN',
      'Refine',
      'MultiChainComparison',
      'Parallel',
    ])
    // Whoever asks which addresses a program reaches asks the step for its tools.
    for (const { id, params } of moduleKinds) {
      const graph = oneStep(id, {}, 'tools' in params.shape ? { tools: [lookupTool] } : {}).graph
      expect([id, toolsOf(graph).length]).toEqual([id, 'tools' in params.shape ? 1 : 0])
    }
    expect(moduleKind('warp')).toBeUndefined()
    expect(() => needStepOf({ id: 'n', kind: 'signature', name: 'Warp', module: 'warp', moduleParams: {}, fields: [] })).toThrow(
      /Predict or ChainOfThought/,
    )
  })
})
