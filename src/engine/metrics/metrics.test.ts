import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { Trace } from '../trace/span'
import { scoreOf } from './code'
import { normalizeText } from './normalize-text'
import { numberIn } from './numeric'
import { bindMetric, firstMetric, givesFeedback, metricKinds, metricLabels } from './registry'
import { f1Score } from './token-f1'

const runner = await createQuickJsRunner({ timeoutMs: 200, memoryBytes: 16 * 1024 * 1024 })

async function score(kind: string, params: JsonObject, label: Json, predicted: Json, trace?: Trace) {
  const metric = await bindMetric({ kind, params }, { runner })
  return metric({
    example: { id: 'r', inputs: { question: 'q' }, labels: { answer: label } },
    prediction: { answer: predicted },
    ...(trace && { trace }),
  })
}
const field = { field: 'answer' }

describe('normalising text', () => {
  it.each([
    ['The  Cat, sat!', 'cat sat'],
    ['An apple a day', 'apple day'],
    ['theatre', 'theatre'],
    ['', ''],
    ['the', ''],
    ['Café', 'cafe\u0301'],
    ['a-b', 'ab'],
    ['“quoted”', '“quoted”'],
  ])('%j becomes %j', (text, normal) => {
    expect(normalizeText(text)).toBe(normal)
  })
})

describe('exact match', () => {
  it.each<[Json, Json, number]>([
    ['Paris', 'the paris.', 1],
    [['Lyon', 'Paris'], 'PARIS', 1],
    ['Paris', 'Paris, France', 0],
    [5, '5', 1],
    [1.5, 15, 0],
    [true, true, 1],
    [['a', 'b'], ['a', 'b'], 1],
  ])('label %j, answer %j: %d', async (label, predicted, value) => {
    expect((await score('exact-match', field, label, predicted)).value).toBe(value)
  })

  it('says which label or output is missing', async () => {
    await expect(score('exact-match', { field: 'other' }, 'x', 'x')).rejects.toMatchObject({
      code: 'metric-failed',
      message: expect.stringMatching(/no label for "other"/),
    })
  })
})

describe('token F1', () => {
  it('is the overlap of words as multisets', () => {
    expect(f1Score('the quick brown fox', 'quick fox', 'dspy')).toBeCloseTo(0.8, 12)
    expect(f1Score('dog dog', 'dog', 'dspy')).toBeCloseTo(2 / 3, 12)
    expect(f1Score('cat', 'dog', 'dspy')).toBe(0)
    expect(f1Score('', '', 'dspy')).toBe(0)
  })

  it('takes the best of several answers', async () => {
    expect((await score('token-f1', field, ['zzz', 'quick fox'], 'quick brown fox')).value).toBeCloseTo(0.8, 12)
  })
})

describe('contains', () => {
  it('looks for whole words, or for any place', async () => {
    expect((await score('contains', field, 'cat', 'A category of things')).value).toBe(0)
    expect((await score('contains', { ...field, whole_words: false }, 'cat', 'A category of things')).value).toBe(1)
    expect((await score('contains', field, 'The Cat', 'my cat!')).value).toBe(1)
    expect((await score('contains', field, '', 'anything')).value).toBe(0)
  })
})

describe('a number with tolerance', () => {
  it.each<[Json, number | undefined]>([
    ['It costs $1,250.50 in all', 1250.5],
    ['3 apples and 4 pears: 7', 7],
    ['-12', -12],
    ['−3.5', -3.5],
    ['1e3', 1000],
    ['.5', 0.5],
    ['18.', 18],
    ['#### 42', 42],
    ['25%', 25],
    ['1,2,3', 3],
    ['none', undefined],
    [7, 7],
    [null, undefined],
  ])('reads %j as %s', (text, number) => {
    expect(numberIn(text)).toBe(number)
  })

  it('allows an absolute and a relative difference', async () => {
    expect((await score('numeric', field, 10, 'about 10')).value).toBe(1)
    expect((await score('numeric', field, 10, 10.4)).value).toBe(0)
    expect((await score('numeric', { ...field, absolute: 0.5 }, 10, 10.4)).value).toBe(1)
    expect((await score('numeric', { ...field, relative: 0.05 }, '10', 10.4)).value).toBe(1)
    expect((await score('numeric', field, 10, 'no idea')).value).toBe(0)
    await expect(score('numeric', field, 'ten', 10)).rejects.toMatchObject({ code: 'metric-failed' })
  })
})

describe('a weighted sum', () => {
  const parts = [
    { kind: 'exact-match', params: field, weight: 3 },
    { kind: 'token-f1', params: field, weight: 1 },
  ]
  it('weighs its parts and shows them', async () => {
    const result = await score('weighted-sum', { parts }, 'quick fox', 'quick brown fox')
    expect(result.value).toBeCloseTo(0.2, 12)
    expect(result.parts).toEqual({ 'exact-match:answer': 0, 'token-f1:answer': 0.8 })
    expect(result.feedback).toMatch(/exact-match:answer: Expected/)
  })

  it('can hold another one, and knows the labels of all', async () => {
    const nested = { parts: [{ kind: 'weighted-sum', params: { parts }, weight: 1 }] }
    expect((await score('weighted-sum', nested, 'x', 'x')).value).toBe(1)
    expect(metricLabels({ kind: 'weighted-sum', params: nested })).toEqual(['answer'])
  })

  it('refuses unknown parts, bad parts and no parts', async () => {
    await expect(score('weighted-sum', { parts: [] }, 1, 1)).rejects.toMatchObject({ code: 'params-invalid' })
    await expect(score('weighted-sum', { parts: [{ kind: 'vibes', params: {}, weight: 1 }] }, 1, 1)).rejects.toMatchObject({
      code: 'params-invalid',
    })
    await expect(score('weighted-sum', { parts: [{ kind: 'numeric', params: {}, weight: 1 }] }, 1, 1)).rejects.toMatchObject({
      code: 'params-invalid',
    })
  })
})

describe('a metric in JavaScript', () => {
  const run = (source: string, trace?: Trace) => score('code', { source }, 'yes', 'no', trace)

  it.each<[string, unknown]>([
    ['(example, prediction) => example.answer === prediction.answer', { value: 0 }],
    ['() => true', { value: 1 }],
    ['() => 0.25', { value: 0.25 }],
    ['(e) => ({ score: 0.5, feedback: `label ${e.labels.answer}, asked ${e.question}` })', { value: 0.5, feedback: 'label yes, asked q' }],
    ['(e, p, trace) => trace === null ? 1 : 0', { value: 1 }],
  ])('%s', async (source, expected) => {
    expect(await run(source)).toEqual(expected)
  })

  it('sees the steps while demos are bootstrapped', async () => {
    const trace: Trace = [{ node: 'n', predictor: 'n', name: 'Step', inputs: { a: 1 }, outputs: { b: 2 }, calls: [], ms: 1 }]
    expect(await run('(e, p, trace) => trace[0].outputs.b === 2 && trace[0].name === "Step"', trace)).toEqual({ value: 1 })
  })

  it.each([
    ['() => NaN', 'metric-failed', /NaN/],
    ['() => undefined', 'metric-failed', /nothing/],
    ['() => 7', 'metric-failed', /7, which is outside 0–1/],
    ['() => -0.1', 'metric-failed', /outside 0–1/],
    ['() => "good"', 'metric-failed', /a string/],
    ['() => ({ feedback: "x" })', 'metric-failed', /no score/],
    ['() => { throw new Error("boom") }', 'metric-failed', /boom/],
    ['() => { for (;;) {} }', 'sandbox-timeout', /./],
  ])('%s fails with a sentence', async (source, code, message) => {
    await expect(run(source)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('says at once that a source does not compile', async () => {
    await expect(bindMetric({ kind: 'code', params: { source: '(a => ' } }, { runner })).rejects.toMatchObject({ code: 'code-failed' })
  })

  it('takes true for 1', () => {
    expect(scoreOf(true)).toEqual({ value: 1 })
  })
})

describe('the registry of metrics', () => {
  it('describes every parameter for the form', () => {
    expect(metricKinds.map(({ id }) => id)).toEqual([
      'exact-match',
      'token-f1',
      'contains',
      'numeric',
      'rubric-judge',
      'weighted-sum',
      'code',
    ])
    for (const { id, params } of metricKinds) {
      for (const [name, schema] of Object.entries(params.shape)) expect(schema.meta()?.['help'], `${id} ${name}`).toBeTruthy()
    }
  })

  it('knows the labels of a metric, and none while it is being set up', () => {
    expect(metricLabels({ kind: 'numeric', params: field })).toEqual(['answer'])
    expect(metricLabels({ kind: 'numeric', params: {} })).toEqual([])
  })
})

describe('what a kind of metric says of itself', () => {
  it('is whether it explains its scores, also as a part of a sum', () => {
    const explains = metricKinds.map(({ id }) => id).filter(id => givesFeedback(firstMetric(id, ['answer'])))
    expect(explains).toEqual(['rubric-judge', 'code'])
    for (const { id } of metricKinds) {
      const parts = [
        { ...firstMetric('exact-match', ['answer']), weight: 1 },
        { ...firstMetric(id, ['answer']), weight: 1 },
      ]
      expect({ id, does: givesFeedback({ kind: 'weighted-sum', params: { parts } }) }).toEqual({ id, does: explains.includes(id) })
    }
    expect(givesFeedback({ kind: 'code', params: { source: '() => 1' } })).toBe(false)
    expect(givesFeedback({ kind: 'of a later version', params: {} })).toBe(false)
  })

  it('is what it is made of, however much of it is written', () => {
    expect(metricKinds.flatMap(({ id, parts }) => (parts ? [id] : []))).toEqual(['weighted-sum'])
    const parts = metricKinds.find(({ id }) => id === 'weighted-sum')?.parts
    expect(parts?.({ parts: [{ kind: 'bleu' }, 7, { params: {} }] })).toEqual([{ kind: 'bleu', params: {} }])
    expect(parts?.({})).toEqual([])
  })
})
