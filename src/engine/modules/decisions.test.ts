import { describe, expect, it } from 'vitest'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { scriptedLm } from '@/testing/scripted-lm'
import { field } from '@/testing/toy-programs'
import { toyModel } from '@/testing/toy-run'
import { decisionRequest } from '../adapters/decisions'
import { adapters } from '../adapters/registry'
import { isEngineError } from '../base/errors'
import { plainMessages } from '../lm/parts'
import type { DecisionFields } from '../signature/decisions/decision'
import { decisionProblem, settingsProblem } from '../signature/decisions/settings'
import { noteSchemaOf } from '../signature/json-schema'
import type { Demo } from '../program/program'
import { parseTypeName } from '../signature/parse-type-name'
import type { Signature } from '../signature/signature'
import type { SpanCall } from '../trace/span'
import { predict, type PredictStep } from './predict'

// The rows are those of DSPy 3.4.1 itself, by their ids.

function signatureOf(type: string, desc = 'd'): Signature {
  return { instructions: 'Do it.', fields: [field('q', 'input'), { ...field('o', 'output', parseTypeName(type)), desc }] }
}

async function ask(signature: Signature, answers: readonly string[], changes: Partial<PredictStep> = {}) {
  const lm = scriptedLm(answers, { responseFormats: ['json_schema', 'json_object'] })
  const calls: SpanCall[] = []
  const step: PredictStep = {
    signature,
    demos: [],
    inputs: { q: 'x' },
    adapter: adapters.json,
    jsonFallback: 'once',
    lm,
    model: toyModel,
    call: { signal: new AbortController().signal, rollout: 0, purpose: 'row' },
    ...changes,
  }
  const outcome = await predict(step, call => calls.push(call)).then(
    values => ({ values, error: undefined }),
    (error: unknown) => ({ values: undefined, error }),
  )
  return { ...outcome, calls, requests: lm.requests }
}

describe('§B.4 decoding', () => {
  it.each<[string, string, JsonObject, JsonObject, JsonObject]>([
    ['N01', 'Noul', {}, { noul: 0.7 }, { confidence: 0.3999999999999999, value: true, probability: 0.7 }],
    ['N02', 'Noul', {}, { noul: 0.5 }, { confidence: 0.0, value: true, probability: 0.5 }],
    ['N03', 'Noul', {}, { noul: 0.25 }, { confidence: 0.5, value: false, probability: 0.25 }],
    ['N04', 'Noul', { threshold: 0.25 }, { noul: 0.5 }, { confidence: 0.3333333333333333, value: true, probability: 0.5 }],
    ['N05', 'Noul', { threshold: 0.25 }, { noul: 0.25 }, { confidence: 0.0, value: true, probability: 0.25 }],
    ['N06', 'Noul', { threshold: 0.9 }, { noul: 0.7 }, { confidence: 0.2222222222222223, value: false, probability: 0.7 }],
    ['N07', 'Noul', { threshold: 1.0 }, { noul: 1.0 }, { confidence: 0.0, value: true, probability: 1.0 }],
    ['N08', 'Noul', { threshold: 0.0 }, { noul: 0.0 }, { confidence: 0.0, value: true, probability: 0.0 }],
    ['N09', 'Noul', { threshold: 0.35 }, { noul: 0.36 }, { confidence: 0.015384615384615398, value: true, probability: 0.36 }],
    ['N10', 'bool', { threshold: 0.3 }, { noul: 0.4 }, { native: true }],
    ['N11', 'Noul', {}, { noul: 1.2 }, { error: 'AdapterParseError' }],
    [
      'S01',
      "Score['l0', 'l1', 'l2']",
      {},
      { probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, confidence: 0.8 },
      { confidence: 0.8, value: 1.5999999999999999, probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, level: 2 },
    ],
    [
      'S02',
      "Score['l0', 'l1', 'l2']",
      {},
      { probabilities: { '0': 0.5, '1': 0.5, '2': 0 }, confidence: 0.8 },
      { confidence: 0.8, value: 0.5, probabilities: { '0': 0.5, '1': 0.5, '2': 0.0 }, level: 1 },
    ],
    [
      'S03',
      "Score['l0', 'l1', 'l2']",
      {},
      { probabilities: { '0': 1, '1': 1, '2': 1 }, confidence: 0.8 },
      { confidence: 0.8, value: 1.0, probabilities: { '0': 1.0, '1': 1.0, '2': 1.0 }, level: 1 },
    ],
    [
      'S04',
      "Score['l0', 'l1', 'l2']",
      {},
      { probabilities: { '0': 0.1, '1': 0.1, '2': 0.2 }, confidence: 0.8 },
      { confidence: 0.8, value: 1.25, probabilities: { '0': 0.1, '1': 0.1, '2': 0.2 }, level: 1 },
    ],
    ['S05', "Score['l0', 'l1', 'l2']", {}, { probabilities: { '0': 0, '1': 0, '2': 0 }, confidence: 0.8 }, { error: 'ValueError' }],
    [
      'S06',
      "Score['l0', 'l1', 'l2']",
      { cuts: [0.5, 1.7] },
      { probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, confidence: 0.8 },
      { confidence: 0.8, value: 1.5999999999999999, probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, level: 1 },
    ],
    [
      'S07',
      "Score['l0', 'l1', 'l2']",
      { cuts: [0.2, 0.3] },
      { probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, confidence: 0.8 },
      { confidence: 0.8, value: 1.5999999999999999, probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, level: 2 },
    ],
    [
      'S08',
      "Score['l0', 'l1', 'l2']",
      { cuts: [1.5, 0.5] },
      { probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, confidence: 0.8 },
      { error: 'ValueError' },
    ],
    [
      'S09',
      "Score['l0', 'l1', 'l2']",
      { cuts: [0, 0.5] },
      { probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, confidence: 0.8 },
      { error: 'ValueError' },
    ],
    [
      'S10',
      "Score['l0', 'l1', 'l2']",
      { cuts: [0.5] },
      { probabilities: { '0': 0.1, '1': 0.2, '2': 0.7 }, confidence: 0.8 },
      { error: 'ValueError' },
    ],
    [
      'C01',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      {},
      { probabilities: { a: 0.2, b: 0.5, c: 0.3 }, confidence: 0.8 },
      { confidence: 0.8, value: 'b', probabilities: { a: 0.2, b: 0.5, c: 0.3 } },
    ],
    [
      'C02',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      {},
      { probabilities: { a: 0.4, b: 0.4, c: 0.2 }, confidence: 0.8 },
      { confidence: 0.8, value: 'a', probabilities: { a: 0.4, b: 0.4, c: 0.2 } },
    ],
    [
      'C03',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { a: 0.5 } },
      { probabilities: { a: 0.4, b: 0.4, c: 0.2 }, confidence: 0.8 },
      { confidence: 0.8, value: 'b', probabilities: { a: 0.4, b: 0.4, c: 0.2 } },
    ],
    [
      'C04',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { a: 2 } },
      { probabilities: { a: 0.2, b: 0.4, c: 0.4 }, confidence: 0.8 },
      { confidence: 0.8, value: 'b', probabilities: { a: 0.2, b: 0.4, c: 0.4 } },
    ],
    [
      'C05',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { b: 2 } },
      { probabilities: { a: 0.4, b: 0.2, c: 0.4 }, confidence: 0.8 },
      { confidence: 0.8, value: 'a', probabilities: { a: 0.4, b: 0.2, c: 0.4 } },
    ],
    [
      'C06',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { a: 2 } },
      { probabilities: { a: 0.25, b: 0.25, c: 0.5 }, confidence: 0.8 },
      { confidence: 0.8, value: 'c', probabilities: { a: 0.25, b: 0.25, c: 0.5 } },
    ],
    [
      'C07',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { a: 4, b: 4, c: 1 } },
      { probabilities: { a: 0.2, b: 0.2, c: 0.6 }, confidence: 0.8 },
      { confidence: 0.8, value: 'a', probabilities: { a: 0.2, b: 0.2, c: 0.6 } },
    ],
    [
      'C08',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { b: 0, c: 0 } },
      { probabilities: { a: 0, b: 0.4, c: 0.6 }, confidence: 0.8 },
      { error: 'ValueError' },
    ],
    [
      'C09',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { a: 0, b: 0, c: 0 } },
      { probabilities: { a: 0.2, b: 0.4, c: 0.4 }, confidence: 0.8 },
      { error: 'ValueError' },
    ],
    [
      'C10',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      { weights: { d: 1 } },
      { probabilities: { a: 0.2, b: 0.4, c: 0.4 }, confidence: 0.8 },
      { error: 'ValueError' },
    ],
    [
      'C11',
      "Choice[('a', 'd'), ('b', 'd'), ('c', 'd')]",
      {},
      { probabilities: { a: 0, b: 0, c: 0 }, confidence: 0.8 },
      { error: 'ValueError' },
    ],
    [
      'C12',
      "Choice[(1, 'd'), (True, 'd'), (None, 'd'), ('x', 'd')]",
      {},
      { probabilities: { '1': 0.1, True: 0.2, None: 0.6, x: 0.1 }, confidence: 0.8 },
      { confidence: 0.8, value: null, probabilities: { '1': 0.1, True: 0.2, None: 0.6, x: 0.1 } },
    ],
    ['C13', "Literal['a','b']", { weights: { a: 10 } }, { probabilities: { a: 0.1, b: 0.9 }, confidence: 0.8 }, { native: 'a' }],
  ])('%s %s %o of %o', async (_id, type, settings, evidence, expected) => {
    const fields: DecisionFields = { o: settings }
    const { values, error, calls } = await ask(signatureOf(type), [JSON.stringify({ o: evidence })], { fields })
    // What settings make impossible is not asked; what follows from an answer is not asked again.
    const isBadSetting = settingsProblem(signatureOf(type), fields) !== undefined
    const { error: theirError = null, ...result } = expected
    const value = values?.['o'] ?? null
    expect(theirError === null ? isClose(value, 'native' in result ? (result['native'] ?? null) : result) : value).toBe(
      theirError === null ? true : null,
    )
    const isAgain = theirError === 'AdapterParseError'
    expect(calls).toHaveLength(isBadSetting ? 0 : 1)
    expect(calls.at(-1)?.evidence).toEqual(isBadSetting || isAgain ? undefined : { o: evidence })
    expect(error === undefined ? null : codeOf(error)).toBe(theirError === null ? null : isBadSetting ? 'params-invalid' : 'adapter-parse')
  })
})

function codeOf(error: unknown): string {
  return isEngineError(error) ? error.code : String(error)
}

/** Floats within 1e-9, and the keys of a result in DSPy's order. */
function isClose(ours: Json, theirs: Json): boolean {
  if (typeof ours === 'number' && typeof theirs === 'number') return Math.abs(ours - theirs) <= 1e-9
  if (!isJsonObject(ours) || !isJsonObject(theirs)) return ours === theirs
  const [own, other] = [Object.keys(ours), Object.keys(theirs)]
  return own.join() === other.join() && own.every(key => isClose(ours[key] ?? null, theirs[key] ?? null))
}

describe('§B.3 what is asked', () => {
  it.each<[string, string, string, JsonObject, JsonObject]>([
    ['Q01', 'bool', 'd', {}, { instructions: 'd', type: 'noul' }],
    ['Q02', "Noul[(False,'bad'),(True,'good')]", 'd', {}, { instructions: 'd', type: 'noul', criteria: { true: 'good', false: 'bad' } }],
    ['Q03', 'Noul', 'd', { criteria: null }, { instructions: 'd', type: 'noul', criteria: null }],
    ['Q04', 'Noul', 'd', { instructions: { a: 1 } }, { instructions: { a: 1 }, type: 'noul' }],
    ['Q06', "Score['a','b','c']", 'd', {}, { instructions: 'd', type: 'score', criteria: ['a', 'b', 'c'] }],
    [
      'Q07',
      "Literal['a',1,True,None]",
      'd',
      {},
      { instructions: 'd', type: 'choice', criteria: { a: null, '1': null, True: null, None: null } },
    ],
    [
      'Q08',
      "Choice[('a','A'),('b','B')]",
      'd',
      { criteria: { b: 'x', a: null } },
      { instructions: 'd', type: 'choice', criteria: { b: 'x', a: null } },
    ],
    ['Q09', "Choice[('a','A'),('b','B')]", 'd', { criteria: { a: 'x' } }, { error: 'ValueError' }],
  ])('%s %s', (_id, type, desc, settings, expected) => {
    const signature = signatureOf(type, desc)
    // A bool and a Literal are decisions where they have settings.
    const fields = { o: settings }
    const problem = decisionProblem(signature, fields)
    const asked = decisionRequest(signature, fields)?.signature([]).fields[1]?.desc ?? ''
    // The text itself: an object of JavaScript has no order of its own for every key.
    expect(problem === undefined ? asked : { error: problem.includes('criteria') ? 'ValueError' : problem }).toEqual(
      expected['error'] === undefined ? `\n${pythonOrder(expected)}` : expected,
    )
  })

  it('Q05 asks nothing without a description', async () => {
    const { error, calls } = await ask(signatureOf('Noul', ''), [])
    expect(error).toMatchObject({ code: 'params-invalid', message: expect.stringContaining('Write one') as string })
    expect(calls).toHaveLength(0)
    expect(decisionProblem(signatureOf('Noul', ''), { o: { instructions: null } })).toBeUndefined()
  })

  it.each<[string, string, readonly string[]]>([
    ['E01', 'Noul', []],
    ['E02', "Score['a', 'b']", ['0', '1']],
    ['E03', "Choice[('a', 'A'), (3, 'B')]", ['a', '3']],
  ])('%s closes the schema of %s', (_id, type, labels) => {
    const asked = decisionRequest(signatureOf(type))?.signature([]).fields[1]?.type
    const schema = asked && withoutWords(noteSchemaOf(asked))
    const share = { maximum: 1, minimum: 0, type: 'number' }
    const closed = { additionalProperties: false, type: 'object' }
    const name = `${type.slice(0, type.indexOf('['))}Probabilities`
    expect(schema).toEqual(
      labels.length === 0
        ? { ...closed, properties: { noul: share }, required: ['noul'] }
        : {
            ...closed,
            $defs: { [name]: { ...closed, properties: Object.fromEntries(labels.map(label => [label, share])), required: labels } },
            properties: { probabilities: { $ref: `#/$defs/${name}` }, confidence: share },
            required: ['probabilities', 'confidence'],
          },
    )
  })

  it.each(['{"o": {"noul": 0.5, "why": "so"}}', '{"o": {}}', '{"o": {"noul": -0.1}}', '{"o": true}'])(
    'takes %s for no answer',
    async answer => {
      const { error, calls } = await ask(signatureOf('Noul'), [answer, answer])
      expect(error).toMatchObject({ code: 'adapter-parse' })
      expect(calls.every(call => call.evidence === undefined)).toBe(true)
    },
  )

  it('asks the same whatever the threshold is, and something else with other instructions', async () => {
    const requests = await Promise.all(
      [{}, { threshold: 0.9 }, { instructions: 'Is it so?' }].map(async settings => {
        const { requests } = await ask(signatureOf('Noul'), ['{"o": {"noul": 0.7}}'], { fields: { o: settings } })
        return JSON.stringify(requests)
      }),
    )
    expect(requests[1]).toBe(requests[0])
    expect(requests[2]).not.toBe(requests[0])
  })

  it.each(['chat', 'json', 'xml', 'baml', 'two-step'] as const)('is answered through %s', async adapter => {
    const answers = {
      chat: ['[[ ## o ## ]]\n{"noul": 0.7}\n\n[[ ## completed ## ]]'],
      json: ['{"o": {"noul": 0.7}}'],
      xml: ['<o><noul>0.7</noul></o>'],
      baml: ['{"o": {"noul": 0.7}}'],
      'two-step': ['Rather yes, at 0.7.', '[[ ## o ## ]]\n{"noul": 0.7}\n\n[[ ## completed ## ]]'],
    }
    const { values, calls } = await ask(signatureOf('Noul'), answers[adapter], { adapter: adapters[adapter] })
    expect(values).toEqual({ o: { confidence: 0.3999999999999999, value: true, probability: 0.7 } })
    expect(calls.map(call => call.evidence)).toEqual([...(adapter === 'two-step' ? [undefined] : []), { o: { noul: 0.7 } }])
  })
})

describe('§B.6 demos', () => {
  it('stand with the instructions as they are, and make no turns', async () => {
    const fields = [
      field('q', 'input'),
      field('n', 'input', { kind: 'float' }),
      ...signatureOf('Noul').fields.slice(1),
      field('why', 'output'),
    ]
    const demos: readonly Demo[] = [
      { q: '1', o: true },
      { n: 1, q: 'é', o: { confidence: 0.5, value: true, probability: 1 }, augmented: true },
      { q: 'd' },
    ]
    const { requests } = await ask({ instructions: 'Judge it.', fields }, ['{"o": {"noul": 1}, "why": ""}'], {
      demos,
      inputs: { q: 'x', n: 2 },
    })
    const messages = plainMessages(requests[0]?.messages ?? [])
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(messages[0]?.content.split('\n').at(-1)?.trim()).toBe(
      '[{"q": "1", "o": true}, {"n": 1.0, "q": "\\u00e9", "o": {"confidence": 0.5, "value": true, "probability": 1.0}}, {"q": "d"}]',
    )
  })
})

describe('§B.7 watching', () => {
  it('tells outputs that are no decisions, and nothing of the others', async () => {
    const signature = { instructions: '', fields: [...signatureOf('Noul').fields, field('why', 'output')] }
    const told: string[] = []
    const { values } = await ask(signature, ['{"o": {"noul": 0.2}, "why": "so"}'], {
      watcher: { fields: new Set(['o', 'why']), tell: event => told.push(event.type === 'field' ? event.field : event.type) },
    })
    expect(values).toMatchObject({ o: { value: false }, why: 'so' })
    expect(told).not.toContain('o')
  })
})

/** Keys in the order they are written in above, which those of a question are printed in. */
function pythonOrder(question: JsonObject): string {
  const text = JSON.stringify(question, undefined, 2)
  // The one object here with a key that JavaScript would put first.
  return text.replace('    "1": null,\n    "a": null,', '    "a": null,\n    "1": null,')
}

function withoutWords(schema: Json): Json {
  if (Array.isArray(schema)) return schema
  if (!isJsonObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      (key === 'title' || key === 'description') && typeof value === 'string' ? [] : [[key, withoutWords(value)]],
    ),
  )
}
