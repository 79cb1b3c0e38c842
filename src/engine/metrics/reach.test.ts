import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '@/lib/json'
import type { FieldType } from '../signature/types/field-type'
import type { MetricSpec } from './metric'
import { bindMetric, metricKind } from './registry'
import type { CodeRunner } from '../user-code/code-runner'

const runner: CodeRunner = { load: () => Promise.reject(new Error('no code here')), dispose: () => undefined }

function reaches({ kind, params }: MetricSpec, type: FieldType, label: Json): boolean {
  const read = metricKind(kind)
  return read?.reach?.(read.params.parse(params), type)(label) ?? true
}

async function scoreOf(metric: MetricSpec, type: FieldType, label: Json, predicted: Json): Promise<number> {
  const score = await bindMetric(metric, { runner, typeOf: () => type })
  const input = { example: { id: 'a', inputs: {}, labels: { x: label } }, prediction: { x: predicted } }
  try {
    return (await score(input)).value
  } catch {
    // A label that the metric cannot read fails its row, which then counts as 0.
    return 0
  }
}

const words = [
  'C',
  'C++',
  'C#',
  'bug',
  'Bug',
  'bug.',
  'the bug',
  'a b',
  'yes',
  'no',
  'true',
  'True',
  '12',
  '12.0',
  '1,200',
  '-5',
  '5',
  '$5',
  '',
  'n/a',
]
const word = fc.constantFrom(...words)
const number = fc.oneof(fc.integer({ min: -20, max: 2000 }), fc.constantFrom(0.5, 1.5, 15, 1e16, 5))
const label: fc.Arbitrary<Json> = fc.oneof(
  word,
  number,
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(word, number), { maxLength: 2 }),
)
const plain: fc.Arbitrary<Exclude<FieldType, { kind: 'optional' }>> = fc.oneof(
  fc.constantFrom<Exclude<FieldType, { kind: 'optional' }>>({ kind: 'int' }, { kind: 'float' }, { kind: 'bool' }, { kind: 'str' }),
  fc
    .uniqueArray(fc.oneof(word, number), { minLength: 1, maxLength: 5, selector: String })
    .map(values => ({ kind: 'enum' as const, values })),
)
const type: fc.Arbitrary<FieldType> = fc.oneof(
  plain,
  plain.map(of => ({ kind: 'optional' as const, of })),
)
const metric: fc.Arbitrary<MetricSpec> = fc.record({
  kind: fc.constantFrom('exact-match', 'contains', 'token-f1', 'numeric'),
  params: fc.record({ field: fc.constant('x'), rule: fc.constantFrom('distinct', 'dspy'), whole_words: fc.boolean() }),
})

/** An answer that a program with an output of this type can give. */
function answerOf(of: FieldType): fc.Arbitrary<Json> {
  switch (of.kind) {
    case 'enum':
      return fc.constantFrom(...of.values)
    case 'optional':
      return fc.oneof(fc.constant(null), answerOf(of.of))
    case 'int':
      return fc.oneof(fc.integer({ min: -20, max: 2000 }), fc.constantFrom(12, 5, -5, 1200, 15))
    case 'float':
      return number
    case 'bool':
      return fc.boolean()
    default:
      return word
  }
}

describe('what a metric can reach', () => {
  it('never says that nothing scores where some answer does', async () => {
    const scene = fc.tuple(metric, type, label).chain(([of, field, right]) => answerOf(field).map(answer => ({ of, field, right, answer })))
    await fc.assert(
      fc.asyncProperty(scene, async ({ of, field, right, answer }) => {
        const score = await scoreOf(of, field, right, answer)
        expect(score === 0 || reaches(of, field, right)).toBe(true)
      }),
      { numRuns: 4000 },
    )
  })

  it('says it of a Literal exactly where none of its options scores', async () => {
    const literal = fc.uniqueArray(word, { minLength: 1, maxLength: 5 }).map(values => ({ kind: 'enum' as const, values }))
    await fc.assert(
      fc.asyncProperty(metric, literal, label, async (of, field, right) => {
        const scores = await Promise.all(field.values.map(option => scoreOf(of, field, right, option)))
        expect(reaches(of, field, right)).toBe(scores.some(score => score > 0))
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ['exact-match', { kind: 'bool' }, 'yes', false],
    ['exact-match', { kind: 'bool' }, true, true],
    ['exact-match', { kind: 'int' }, 'twelve', false],
    ['exact-match', { kind: 'int' }, '12', true],
    ['exact-match', { kind: 'int' }, 3.5, false],
    ['exact-match', { kind: 'float' }, 3.5, true],
    ['numeric', { kind: 'str' }, 'none', false],
    ['numeric', { kind: 'bool' }, 1, false],
    ['numeric', { kind: 'int' }, '$1,250', true],
    ['numeric', { kind: 'int' }, 3.5, false],
  ] as const)('%s of %o against %o', (kind, field, right, expected) => {
    expect(reaches({ kind, params: { field: 'x' } }, field, right)).toBe(expected)
  })
})
