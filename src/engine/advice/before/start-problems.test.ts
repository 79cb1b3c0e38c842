import { describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '@/lib/json'
import { guessMapping, toExample } from '../../data/mapping'
import { splitOf, splits } from '../../data/split'
import type { MetricSpec } from '../../metrics/metric'
import type { ProgramGraph } from '../../program/program'
import type { Column, DataRow, Mapping, SplitSpec } from '../../project/project'
import type { FieldType } from '../../signature/types/field-type'
import { rowSurveyor } from './row-survey'
import type { StartFix, StartProblem } from './start-problem'
import { problemsOfRun, startProblems } from './start-problems'

const exact: MetricSpec = { kind: 'exact-match', params: { field: 'category' } }
const literal = (...values: (string | number)[]): FieldType => ({ kind: 'enum', values })

function graphOf(type: FieldType): ProgramGraph {
  const str: FieldType = { kind: 'str' }
  return {
    nodes: [
      { id: 'in', kind: 'input', name: 'Input', fields: [{ id: 'f_text', name: 'text', role: 'output', type: str, desc: '' }] },
      {
        id: 'step',
        kind: 'signature',
        name: 'Sort',
        module: 'predict',
        moduleParams: {},
        fields: [
          { id: 's_text', name: 'text', role: 'input', type: str, desc: '' },
          { id: 's_category', name: 'category', role: 'output', type, desc: '' },
        ],
      },
      { id: 'out', kind: 'output', name: 'Output', fields: [{ id: 'f_category', name: 'category', role: 'input', type: str, desc: '' }] },
    ],
    edges: [
      { id: 'e1', from: { node: 'in', field: 'f_text' }, to: { node: 'step', field: 's_text' } },
      { id: 'e2', from: { node: 'step', field: 's_category' }, to: { node: 'out', field: 'f_category' } },
    ],
  }
}

interface Scene {
  readonly type?: FieldType
  readonly metric?: MetricSpec
  readonly labels: readonly Json[]
  readonly texts?: readonly Json[]
  readonly columns?: readonly string[]
  readonly mapping?: Mapping
  readonly split?: SplitSpec
  readonly optimizer?: string
  readonly evaluate?: 'train' | 'val' | 'test' | 'all'
}

function problemsOf(scene: Scene): readonly StartProblem[] {
  const { type = literal('bug', 'question'), metric = exact, labels, texts, columns: names = ['text', 'category'], evaluate } = scene
  const graph = graphOf(type)
  const columns: readonly Column[] = names.map((name, index) => ({ id: `c${index}`, name, type: 'str' }))
  const rows = labels.map((label, index): DataRow => ({ id: `row_${index}`, cells: { c0: texts?.[index] ?? `text ${index}`, c1: label } }))
  const mapping = scene.mapping ?? guessMapping(graph, columns)
  const split = scene.split ?? { train: 50, val: 50, test: 0, seed: 0 }
  const { add, survey } = rowSurveyor(graph)
  for (const row of rows) add(splitOf(row.id, split), [toExample(row, columns, graph, mapping)])
  return startProblems(
    {
      project: { graph, mapping, metric, split, optimizer: { id: scene.optimizer ?? 'labeled-few-shot', params: {} } },
      columns,
      kind: evaluate === undefined ? 'compile' : 'evaluate',
      split: evaluate ?? 'val',
    },
    survey(),
  )
}

const many = (count: number, ...labels: Json[]): Json[] =>
  Array.from({ length: count }, (_, index) => labels[index % labels.length] ?? null)
const ids = (problems: readonly StartProblem[]) => problems.map(({ id, severity }) => `${severity} ${id}`)
const fixOf = <K extends StartFix['kind']>(problem: StartProblem | undefined, kind: K) =>
  problem?.fixes.find((fix): fix is Extract<StartFix, { kind: K }> => fix.kind === kind)

describe('labels and a Literal', () => {
  it('says nothing of labels that are its values, also in other letters', () => {
    expect(problemsOf({ labels: many(40, 'bug', 'question') })).toEqual([])
    expect(problemsOf({ labels: many(40, 'Bug', '"question"', 'bug ') })).toEqual([])
  })

  it('names foreign ones, the most frequent first, and adds them all to the values', () => {
    const [problem, ...others] = problemsOf({ labels: many(60, 'bug', 'billing', 'question', 'refund', 'billing', 'bug') })
    expect(others).toEqual([])
    expect(problem).toMatchObject({ id: 'foreign-labels', severity: 'warning' })
    expect(problem?.message).toBe(
      '30 of 60 rows have labels that "category" cannot answer, so they always score 0: "billing" (20), "refund" (10).',
    )
    expect(fixOf(problem, 'set-type')).toEqual({
      kind: 'set-type',
      output: 'category',
      type: literal('bug', 'question', 'billing', 'refund'),
      words: 'Add these 2 values to category',
    })
    expect(fixOf(problem, 'show-rows')?.rows).toHaveLength(30)
  })

  it('stops a run of which no scored row can get a point, and only that', () => {
    expect(ids(problemsOf({ labels: many(30, 'a', 'b') }))).toEqual(['stop foreign-labels'])
    expect(ids(problemsOf({ labels: [...many(30, 'a', 'b'), 'bug', 'question', 'bug', 'question', 'bug', 'bug'] }))).toEqual([
      'warning foreign-labels',
    ])
    // A part of a sum that scores nothing leaves the others.
    const parts = [
      { ...exact, weight: 1 },
      { kind: 'code', params: { source: '() => 1' }, weight: 1 },
    ]
    const summed = problemsOf({ labels: many(30, 'a', 'b'), metric: { kind: 'weighted-sum', params: { parts } } })
    expect(ids(summed)).toEqual(['warning foreign-labels'])
    expect(problemsOf({ labels: many(30, 'a', 'b'), metric: { kind: 'code', params: { source: '() => 1' } } })).toEqual([])
  })

  it('tells a slip of the pen from a value of its own, and symbols apart', () => {
    const slips = problemsOf({ type: literal('billing', 'refund'), labels: [...many(40, 'billing', 'refund'), 'biling', 're_fund'] })
    expect(ids(slips)).toEqual(['warning alike-labels'])
    expect(slips[0]?.fixes.map(fix => fix.words)).toEqual([
      'Write "biling" as "billing"',
      'Write "re_fund" as "refund"',
      'Add "biling" to category',
      'Show these rows',
    ])
    expect(fixOf(slips[0], 'change-cells')).toMatchObject({ column: 'c1', to: 'billing', rows: ['row_40'] })
    // Frequent, it is meant.
    const meant = problemsOf({ type: literal('cats', 'dogs'), labels: many(40, 'cats', 'bats', 'dogs', 'bats') })
    expect(fixOf(meant[0], 'set-type')?.type).toEqual(literal('cats', 'dogs', 'bats'))
    expect(meant[0]?.message).toContain('Note that "bats" looks like "cats".')
    const languages = problemsOf({ type: literal('C', 'Rust'), labels: many(40, 'C', 'C++', 'C#', 'Rust') })
    expect(fixOf(languages[0], 'set-type')?.type).toEqual(literal('C', 'Rust', 'C++', 'C#'))
    expect(languages).toHaveLength(1)
  })

  it('adds one of values that differ in their writing only, and numbers as numbers', () => {
    const twins = problemsOf({ labels: [...many(40, 'bug', 'question'), 'Credit Card', 'Credit Card', 'credit_card'] })
    expect(fixOf(twins[0], 'set-type')?.type).toEqual(literal('bug', 'question', 'Credit Card'))
    const numbers = problemsOf({ type: literal(1, 2), labels: many(40, 1, 2, 3) })
    expect(fixOf(numbers[0], 'set-type')?.type).toEqual(literal(1, 2, 3))
  })

  it('adds no hundred values, but offers a text or another column', () => {
    const [problem] = problemsOf({ labels: Array.from({ length: 300 }, (_, index) => `sentence number ${index}`) })
    expect(problem).toMatchObject({ id: 'foreign-labels', severity: 'stop' })
    expect(fixOf(problem, 'set-type')?.type).toEqual({ kind: 'str' })
    expect(fixOf(problem, 'open-mapping')?.field).toBe('f_category')
  })

  it('keeps what may be empty so', () => {
    const optional: FieldType = { kind: 'optional', of: literal('bug', 'question') }
    const [problem, ...others] = problemsOf({ type: optional, labels: many(40, 'bug', null, 'refund', 'question') })
    expect(others).toEqual([])
    expect(fixOf(problem, 'set-type')?.type).toEqual({ kind: 'optional', of: literal('bug', 'question', 'refund') })
  })
})

describe('labels and other types', () => {
  it.each([
    [{ kind: 'bool' }, many(20, 'yes', 'no'), literal('yes', 'no')],
    [{ kind: 'int' }, many(20, 'low', 'high'), literal('low', 'high')],
    [{ kind: 'int' }, Array.from({ length: 40 }, (_, index) => index + 0.5), { kind: 'float' }],
    [{ kind: 'float' }, Array.from({ length: 40 }, (_, index) => `about ${index} of them`), { kind: 'str' }],
  ] satisfies [FieldType, Json[], FieldType][])('offers another type than %o', (type, labels, wanted) => {
    const [problem] = problemsOf({ type, labels })
    expect(problem).toMatchObject({ id: 'unreadable-labels', severity: 'stop' })
    expect(fixOf(problem, 'set-type')?.type).toEqual(wanted)
  })

  it('offers to compare texts where a metric for numbers finds none', () => {
    const numeric = { kind: 'numeric', params: { field: 'category' } }
    const [problem] = problemsOf({ type: { kind: 'str' }, labels: many(20, 'low', 'high'), metric: numeric })
    expect(problem?.message).toContain('holds no number that the metric can read')
    expect(fixOf(problem, 'set-metric')?.metric).toEqual(exact)
    expect(problemsOf({ type: { kind: 'str' }, labels: many(20, '12 apples', 'it is 7'), metric: numeric })).toEqual([])
  })
})

describe('labels that say little', () => {
  it('counts empty ones, and stops where there is none', () => {
    const some = problemsOf({ labels: [...many(38, 'bug', 'question'), '', '  '] })
    expect(ids(some)).toEqual(['warning empty-labels'])
    expect(some[0]?.message).toBe('2 of 40 rows have no label for "category" and count as wrong.')
    expect(ids(problemsOf({ labels: many(40, '', null) }))).toEqual(['stop empty-labels'])
  })

  it('takes nothing and an empty list for right answers where the type has them', () => {
    const list: FieldType = { kind: 'list', of: { kind: 'str' } }
    for (const [type, label] of [
      [list, []],
      [{ kind: 'set', of: { kind: 'str' } }, []],
      [{ kind: 'tuple', items: [] }, []],
      [{ kind: 'any' }, null],
      [{ kind: 'enum', values: [null, 'x'] }, null],
      [{ kind: 'optional', of: { kind: 'int' } }, null],
    ] satisfies [FieldType, Json][])
      expect(ids(problemsOf({ type, labels: many(40, label) })).filter(id => id.endsWith('empty-labels'))).toEqual([])
    expect(ids(problemsOf({ type: { kind: 'int' }, labels: many(40, null) }))).toEqual(['stop empty-labels'])
    expect(ids(problemsOf({ type: list, labels: many(40, null) }))).toEqual(['stop empty-labels'])
  })

  it('stops a sum on one output only where none of its parts can give a point', () => {
    const part = (kind: string, params: JsonObject) => ({ weight: 1, kind, params: { field: 'category', ...params } })
    const sumOf = (...parts: ReturnType<typeof part>[]) => ({ kind: 'weighted-sum', params: { parts } })
    const parts = [part('exact-match', {}), part('numeric', { absolute: 1 })] as const
    for (const metric of [sumOf(...parts), sumOf(...parts.toReversed())])
      expect(ids(problemsOf({ type: { kind: 'int' }, labels: many(40, 3.5, 7.5), metric })).filter(id => id.startsWith('stop'))).toEqual([])
    expect(ids(problemsOf({ type: { kind: 'int' }, labels: many(40, 'low', 'high'), metric: sumOf(...parts) }))[0]).toMatch(/^stop/)
  })

  it('tells labels that no day can be', () => {
    expect(ids(problemsOf({ type: { kind: 'date' }, labels: many(40, 'billing', 'product') }))).toEqual(['stop unreadable-labels'])
    expect(problemsOf({ type: { kind: 'date' }, labels: many(40, '2024-01-02', '2024-02-03') })).toEqual([])
  })

  it('warns of one and the same label everywhere', () => {
    expect(ids(problemsOf({ labels: many(40, 'bug', 'Bug') }))).toEqual(['warning equal-labels'])
    expect(problemsOf({ type: { kind: 'int' }, labels: many(40, 5, '5') }).map(({ id }) => id)).toEqual(['equal-labels'])
  })

  it('warns of long texts under exact match, and offers their last number where all end in one', () => {
    const texts = Array.from({ length: 40 }, (_, index) => `first he takes ${index} and then two more of them, so it is ${index + 2}`)
    const [problem] = problemsOf({ type: { kind: 'str' }, labels: texts })
    expect(problem).toMatchObject({ id: 'long-labels', severity: 'warning' })
    expect(problem?.fixes.map(fix => fix.words)).toEqual(['Score the last number', 'Score the words in common'])
    expect(problemsOf({ type: { kind: 'str' }, labels: Array.from({ length: 40 }, (_, index) => `Paris ${index}`) })).toEqual([])
  })

  it("says what DSPy's normalisation merges, and tells it apart in every part of a sum", () => {
    const dspy = { kind: 'exact-match', params: { field: 'category', rule: 'dspy' } }
    const labels = many(40, 'C', 'C++', 'Rust')
    const [problem] = problemsOf({ type: literal('C', 'C++', 'Rust'), labels, metric: dspy })
    expect(problem?.message).toContain('takes these different labels of "category" for one: "C" = "C++"')
    expect(fixOf(problem, 'set-metric')?.metric.params).toEqual({ field: 'category', rule: 'distinct' })
    const sum = { kind: 'weighted-sum', params: { parts: [{ ...dspy, weight: 2 }] } }
    const [summed] = problemsOf({ type: literal('C', 'C++', 'Rust'), labels, metric: sum })
    expect(fixOf(summed, 'set-metric')?.metric.params).toEqual({
      parts: [{ kind: 'exact-match', params: { field: 'category', rule: 'distinct' }, weight: 2 }],
    })
    expect(problemsOf({ type: literal('C', 'C++', 'Rust'), labels })).toEqual([])
  })
})

describe('columns', () => {
  const labels = many(20, 'bug', 'question')

  it('takes the column of the same name for a label that nothing feeds, or opens the place', () => {
    const [problem] = problemsOf({ labels, mapping: { inputs: { f_text: 'c0' }, labels: {} }, columns: ['text', 'Category'] })
    expect(problem).toMatchObject({ id: 'no-label', severity: 'stop' })
    expect(problem?.fixes).toEqual([
      { kind: 'map-column', side: 'labels', field: 'f_category', column: 'c1', words: 'Use the column "Category"' },
      { kind: 'open-mapping', field: 'f_category', words: 'Choose a column' },
    ])
    const [foreign] = problemsOf({ labels, columns: ['text', 'x17'] })
    expect(foreign?.fixes.map(({ kind }) => kind)).toEqual(['open-mapping'])
  })

  it('does the same for an input', () => {
    const [problem] = problemsOf({ labels, mapping: { inputs: {}, labels: { f_category: 'c1' } } })
    expect(problem).toMatchObject({ id: 'no-column', severity: 'stop' })
    expect(fixOf(problem, 'map-column')).toMatchObject({ side: 'inputs', field: 'f_text', column: 'c0' })
  })

  it('names an output that the program does not return, with the one that is meant', () => {
    const metric = { kind: 'exact-match', params: { field: 'categroy', rule: 'dspy' } }
    const [problem] = problemsOf({ labels, metric })
    expect(problem).toMatchObject({ id: 'no-output', severity: 'stop' })
    expect(fixOf(problem, 'set-metric')).toMatchObject({
      words: 'Score "category"',
      metric: { params: { field: 'category', rule: 'dspy' } },
    })
  })

  it('warns of an input that is empty, or holds the answer', () => {
    expect(ids(problemsOf({ labels, texts: labels.map(() => '') }))).toEqual(['warning empty-inputs'])
    expect(ids(problemsOf({ labels, texts: labels.map((_, index) => (index % 4 === 0 ? 'x' : '')) }))).toEqual(['warning empty-inputs'])
    expect(ids(problemsOf({ labels, texts: labels }))).toEqual(['warning answer-in-input'])
  })
})

describe('splits', () => {
  const labels = many(40, 'bug', 'question')

  it.each([
    [{ train: 0, val: 0, test: 100, seed: 0 }, /^All 40 rows are in the test split/],
    [{ train: 0, val: 50, test: 50, seed: 0 }, /^There are no rows in the train split to learn from/],
    [
      { train: 100, val: 0.0001, test: 0, seed: 0 },
      /^There are no rows in the val split to compare candidates on: all 40 rows are in train/,
    ],
  ])('deals %o again', (split, message) => {
    const [problem] = problemsOf({ labels, split })
    expect(problem).toMatchObject({ id: 'rows', severity: 'stop' })
    expect(problem?.message).toMatch(message)
    const better = fixOf(problem, 'set-split')
    expect(better).toMatchObject({ words: 'Split again 50/30/20', split: { train: 50, val: 30, test: 20 } })
    expect(problemsOf({ labels, split: better?.split ?? split })).toEqual([])
  })

  it('finds a dealing for any few rows with which the run can start, and none for one', () => {
    for (let count = 2; count < 12; count += 1) {
      const few = many(count, 'bug', 'question')
      const [problem] = problemsOf({ labels: few, split: { train: 0, val: 0, test: 1, seed: 3 } })
      const better = fixOf(problem, 'set-split')?.split
      expect(better, `${count} rows`).toBeDefined()
      const left = problemsOf({ labels: few, ...(better && { split: better }) })
      expect(ids(left).filter(id => id.startsWith('stop'))).toEqual([])
    }
    const [only] = problemsOf({ labels: ['bug'] })
    expect(fixOf(only, 'set-split')).toBeUndefined()
    expect(fixOf(only, 'open-data')?.words).toBe('Add rows')
    expect(problemsOf({ labels: [] })[0]?.message).toBe('The dataset has no rows.')
  })

  it('lets a program be scored that could not be compiled, and be compiled without a val split on purpose', () => {
    const onlyVal = { train: 0, val: 100, test: 0, seed: 0 }
    expect(ids(problemsOf({ labels, split: onlyVal }))).toEqual(['stop rows'])
    expect(problemsOf({ labels, split: onlyVal, evaluate: 'val' })).toEqual([])
    expect(problemsOf({ labels, split: { train: 100, val: 0, test: 0, seed: 0 } })).toEqual([])
    expect(problemsOf({ labels, split: { train: 0, val: 0, test: 100, seed: 0 }, evaluate: 'test' })).toEqual([])
  })

  it('tells what an optimizer needs beyond that', () => {
    const split = { train: 100, val: 0, test: 0, seed: 0 }
    const [problem] = problemsOf({ labels: ['bug'], split, optimizer: 'mipro-v2' })
    expect(problem).toMatchObject({ id: 'rows', severity: 'stop' })
    expect(problem?.message).toMatch(/at least 2 rows/)
  })
})

it('says the same of rows that a command line dealt', () => {
  const graph = graphOf(literal('bug'))
  const example = (id: number, category: Json) => ({ id: `r${id}`, inputs: { text: `t${id}` }, labels: { category } })
  const train = [example(1, 'bug'), example(2, 'refund')]
  const spec = { kind: 'compile', graph, metric: exact } as const
  expect(ids(problemsOfRun(spec, { train, val: [example(3, 'refund')] }))).toEqual(['stop foreign-labels'])
  expect(ids(problemsOfRun(spec, { train, val: [example(3, 'bug')] }))).toEqual(['warning foreign-labels'])
  expect(ids(problemsOfRun({ ...spec, metric: { kind: 'exact-match', params: { field: 'other' } } }, { train, val: train }))).toEqual([
    'stop no-output',
  ])
  expect(problemsOfRun({ ...spec, kind: 'row' }, { train: [], val: train })).toEqual([])
})

it('grows with the rows, not with rows times values', () => {
  const graph = graphOf(literal(...Array.from({ length: 77 }, (_, index) => `option ${index}`)))
  const { add, survey } = rowSurveyor(graph)
  const rows = Array.from({ length: 20_000 }, (_, index) => ({
    id: `r${index}`,
    inputs: { text: `text ${index}` },
    labels: { category: `label ${index} of many` },
  }))
  const started = performance.now()
  for (const [index, row] of rows.entries()) add(splits[index % 2] ?? 'train', [row])
  const found = survey()
  const columns: readonly Column[] = [
    { id: 'c0', name: 'text', type: 'str' },
    { id: 'c1', name: 'category', type: 'str' },
  ]
  const project = {
    graph,
    mapping: guessMapping(graph, columns),
    metric: exact,
    split: { train: 1, val: 1, test: 0, seed: 0 },
    optimizer: { id: 'labeled-few-shot', params: {} },
  }
  expect(startProblems({ project, columns, kind: 'compile', split: 'val' }, found)[0]).toMatchObject({
    id: 'foreign-labels',
    severity: 'stop',
  })
  // Far above what it takes, far below what comparing each with each would.
  expect(performance.now() - started).toBeLessThan(5_000)
})
