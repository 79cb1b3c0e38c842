import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { createQuickJsRunner } from '../user-code/quickjs'
import type { FieldType } from '../signature/types/field-type'
import { parseTypeName } from '../signature/parse-type-name'
import { distinctText } from './distinct-text'
import { mergedLabels, mergedSentence } from './merged-labels'
import { readNumber } from './read-number'
import { bindMetric, metricOfOldRun } from './registry'

const runner = await createQuickJsRunner()

async function score(kind: string, label: Json, predicted: Json, { params = {}, type }: { params?: JsonObject; type?: FieldType } = {}) {
  const metric = await bindMetric({ kind, params: { field: 'answer', ...params } }, { runner, typeOf: () => type })
  const { value } = await metric({ example: { id: 'r', inputs: {}, labels: { answer: label } }, prediction: { answer: predicted } })
  return value
}

const word = fc.stringMatching(/^[a-z]{2,8}$/).filter(text => !['an', 'the', 'and', 'or', 'nor', 'vs', 'is', 'was'].includes(text))
const phrase = fc.array(word, { minLength: 1, maxLength: 5 }).map(words => words.join(' '))
/** What stands around an answer without changing it. */
const dress = fc.constantFrom<(text: string) => string>(
  text => text,
  text => `${text}.`,
  text => `${text}!`,
  text => `"${text}"`,
  text => `“${text}”`,
  text => `'${text}'`,
  text => `**${text}**`,
  text => `*${text}*`,
  text => `_${text}_`,
  text => `\`${text}\``,
  text => `(${text})`,
  text => `The ${text}.`,
  text => `- ${text}`,
  text => `  ${text.toUpperCase()}\n`,
  text => text.replaceAll(' ', ',  '),
)
/** What makes another answer of a number or a name. */
const pairs = fc.oneof(
  fc.integer({ min: 1, max: 99_999 }).map(n => [`-${n}`, `${n}`] as const),
  fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 99 })).map(([a, b]) => [`${a}.${b}`, `${a}${b}`] as const),
  fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 99 })).map(([a, b]) => [`${a},${b}`, `${a}${b}`] as const),
  fc.integer({ min: 1, max: 999 }).map(n => [`.${n}`, `${n}`] as const),
  fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 })).map(([a, b]) => [`${a}-${b}`, `${a}${b}`] as const),
  fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 })).map(([a, b]) => [`${a}:${b}`, `${a}${b}`] as const),
  fc.tuple(word, fc.constantFrom('#', '++', '+', '-', '*', '%', '&', '|', '~')).map(([name, sign]) => [name + sign, name] as const),
  fc.tuple(
    fc.constantFrom('+', '-', '*', '/', '<', '>', '=', '!=', '??', '...', '#', '%', '&&', 'the', 'A'),
    fc.constantFrom('', '^', '@'),
  ),
  fc.tuple(fc.constantFrom('.', '#', '@', '$', '!', '~'), word).map(([sign, name]) => [sign + name, name] as const),
  fc.tuple(word, fc.constantFrom('A', 'an')).map(([name, article]) => [`${name} ${article}`, name] as const),
)

describe('the careful comparison', () => {
  it('takes no two different answers for one', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, dress, async ([one, other], around) => {
        for (const kind of ['exact-match', 'token-f1']) {
          expect(await score(kind, one, other)).toBeLessThan(1)
          expect(await score(kind, other, one)).toBeLessThan(1)
          expect(await score(kind, one, one)).toBe(1)
        }
        expect(await score('contains', one, one)).toBe(1)
        expect(await score('exact-match', one, /^\w/.test(other) ? around(other) : '')).toBe(0)
      }),
      { numRuns: 400 },
    )
  })

  it('takes one answer for one, whatever stands around it', async () => {
    await fc.assert(
      fc.asyncProperty(phrase, dress, dress, async (text, one, other) => {
        expect(distinctText(one(text))).toBe(distinctText(other(text)))
        for (const kind of ['exact-match', 'contains', 'token-f1']) expect(await score(kind, one(text), other(text))).toBe(1)
      }),
      { numRuns: 300 },
    )
  })

  it('leaves something of every text that is not blank', () => {
    const keepsSomething = (text: string): void => {
      expect(distinctText(text) === '').toBe(text.trim() === '')
    }
    fc.assert(fc.property(fc.string({ unit: 'binary' }), keepsSomething), { numRuns: 2000 })
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...Array.from('*_.,-+\'"`()[]{}!?:;#a 5')) }), keepsSomething), {
      numRuns: 3000,
    })
  })

  it.each<[Json, Json, number]>([
    ['e-mail', 'email', 1],
    ["don't", 'don’t', 1],
    ['U.S.', 'US', 1],
    ['1,000', '1000', 1],
    ['−5', '-5', 1],
    ['A*', 'A', 0],
    ['x-y', 'xy', 0],
    ['Plan A', 'Plan', 0],
    ['5%', '5', 0],
    [5, '5.0', 1],
    [1.5, '15', 0],
    [-5, '5', 0],
    [['a', '-1'], ['a', '1'], 0],
    [['a', 'B'], ['A', 'b.'], 1],
    [{ a: 'x' }, { a: 'X.' }, 1],
    [{ a: '-5' }, { a: '5' }, 0],
    [true, 'true', 1],
    ['', '', 1],
    ['', '???', 0],
  ])('label %j, answer %j: %d', async (label, predicted, value) => {
    expect(await score('exact-match', label, predicted)).toBe(value)
  })

  it.each<[string, string, number]>([
    ['A', 'The answer is A because it fits', 1],
    ['A', 'A cat sat', 0],
    ['C', 'C++', 0],
    ['C#', 'I like C#, mostly', 1],
    ['5', '-5', 0],
    ['5', 'It costs $5.', 1],
    ['Vitamin A', 'vitamin A helps', 1],
  ])('looking for %j in %j: %d', async (label, predicted, value) => {
    expect(await score('contains', label, predicted)).toBe(value)
  })

  it('compares options of a Literal letter by letter', async () => {
    const options = fc.uniqueArray(
      fc.constantFrom('C', 'C++', 'C#', 'c', 'a', 'the', 'e-mail', 'email', 'U.S.', 'US', 'yes', 'yes!', '-', '+', '"x"', 'x'),
      { minLength: 2 },
    )
    await fc.assert(
      fc.asyncProperty(options, fc.nat(), fc.nat(), async (values, i, j) => {
        const type: FieldType = { kind: 'enum', values }
        const [label = '', predicted = ''] = [values[i % values.length], values[j % values.length]]
        for (const kind of ['exact-match', 'contains', 'token-f1']) {
          for (const own of [type, { kind: 'optional', of: type } as const])
            expect(await score(kind, label, predicted, { type: own })).toBe(label === predicted ? 1 : 0)
        }
        expect(await score('exact-match', [label], [predicted], { type: { kind: 'list', of: type } })).toBe(label === predicted ? 1 : 0)
      }),
      { numRuns: 200 },
    )
    expect(await score('exact-match', 'Billing', 'billing', { type: parseTypeName("Literal['billing', 'refund']") })).toBe(1)
  })

  it('is linear', () => {
    const pieces = ['a ', '*', '"', '(', '()', '(*', '.', '1,', '1,000', "a'", 'a-', '- ', '*a*.', 'the ', '_.', 'é']
    for (const piece of pieces) {
      const text = piece.repeat(1_000_000 / piece.length)
      const from = performance.now()
      distinctText(text)
      expect(performance.now() - from).toBeLessThan(3000)
    }
  })
})

describe('the comparison of DSPy', () => {
  const dspy = { params: { rule: 'dspy' } }
  it('is kept for whoever chooses it, and for runs that were begun with it', async () => {
    expect(await score('exact-match', 'C#', 'C', dspy)).toBe(1)
    expect(await score('contains', 'A', 'A', dspy)).toBe(0)
    const nested = { kind: 'weighted-sum', params: { parts: [{ kind: 'exact-match', params: { field: 'answer' }, weight: 2 }] } }
    expect(metricOfOldRun(nested).params['parts']).toEqual([{ kind: 'exact-match', params: { field: 'answer', rule: 'dspy' }, weight: 2 }])
    expect(metricOfOldRun({ kind: 'code', params: { source: 'x' } })).toEqual({ kind: 'code', params: { source: 'x' } })
  })

  it('says what it merges', () => {
    const rows = ['C', 'C#', 'C++', 'Paris', 'paris.', '???', 'A'].map(answer => ({ labels: { answer } }))
    const spec = {
      kind: 'weighted-sum',
      params: { parts: [{ kind: 'exact-match', params: { field: 'answer', rule: 'dspy' }, weight: 1 }] },
    }
    const found = mergedLabels(spec, rows, () => undefined)
    expect(found).toEqual([
      {
        field: 'answer',
        merged: [
          ['C', 'C#', 'C++'],
          ['???', 'A'],
        ],
        emptied: ['???', 'A'],
      },
    ])
    expect(mergedSentence(found)).toMatch(/"C" = "C#" = "C\+\+".*leaves nothing of the labels "\?\?\?", "A"/)
    expect(mergedSentence(mergedLabels({ kind: 'exact-match', params: { field: 'answer' } }, rows, () => undefined))).toBeUndefined()
  })
})

describe('reading numbers', () => {
  const group = (digits: string, mark: string): string => digits.replace(/\B(?=(\d{3})+$)/g, mark)
  const locales = [
    ['', '.'],
    [',', '.'],
    ['.', ','],
    [' ', ','],
    [' ', '.'],
    ['\u00a0', ','],
    ['\u202f', ','],
    ["'", '.'],
    ['’', '.'],
    ['', ','],
  ] as const
  const amount = fc.tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 99 }), fc.boolean())

  it('reads what people of any country wrote, whole', () => {
    fc.assert(
      fc.property(
        amount,
        fc.constantFrom(...locales),
        fc.constantFrom('', 'It is ', 'so €', 'x = '),
        ([whole, cents, isNegative], [mark, point], before) => {
          const text = `${before}${isNegative ? '-' : ''}${group(String(whole), mark)}${point}${String(cents).padStart(2, '0')}`
          expect(readNumber(text)).toBeCloseTo((isNegative ? -1 : 1) * (whole + cents / 100), 6)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('never gives a part of what was written', () => {
    const pieces = fc.array(fc.tuple(fc.integer({ min: 0, max: 99_999 }).map(String), fc.constantFrom('.', ':', "'")), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 99 }), (parts, last) => {
        expect(readNumber(parts.map(([digits, mark]) => digits + mark).join('') + String(last))).not.toBe(last)
      }),
      { numRuns: 1000 },
    )
  })

  it.each<[string, number | undefined]>([
    ['1.250,50', 1250.5],
    ['12,34,567', 1_234_567],
    ['1,5', 1.5],
    ['0,125', 0.125],
    ['1,250', 1250],
    ['٣٫٥', 3.5],
    ['１２', 12],
    ['1/2', 0.5],
    ['1½', 1.5],
    ['1.2 × 10^3', 1200],
    ['2×10³', 2000],
    ['10^6', 1_000_000],
    ['12.05.2024', undefined],
    ['2024-01-02', undefined],
    ['2024–01–02', undefined],
    ['pages 3-5', undefined],
    ['call 555-1234', undefined],
    ['Covid-19', 19],
    ['10 - 3', 3],
    ['a 5-year plan', 5],
    ['3 million', 3_000_000],
    ['$2.5 billion', 2_500_000_000],
    ['3 millions-fold', 3],
    ['10:30', undefined],
    ['1.2.3', undefined],
    ['in 2024 150', 150],
    ['-$5', -5],
    ['5kg', undefined],
  ])('%j is %s', (text, number) => {
    expect(readNumber(text)).toBe(number)
  })
})
