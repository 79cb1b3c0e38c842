import { canonicalJson } from '@/lib/canonical-json'
import type { Json } from '@/lib/json'
import type { ProgramGraph } from '../program/program'
import { programInputs, programOutputs } from '../program/ends'
import type { Column, ColumnId, DataRow, Mapping, SplitSpec } from '../project/project'
import type { Field, FieldId } from '../signature/signature'
import type { Example, ExampleId } from '../base/example'
import { convertCell } from '@/lib/cell-types'
import { fedValue } from './fed-value'
import { splitOf, splits, type Split } from './split'

export interface MappingGuess {
  readonly field: FieldId
  readonly column: ColumnId
  /** `exact`: same name; `spelling`: same but for case, spaces and underscores; `synonym`: another word for the same thing. */
  readonly how: 'exact' | 'spelling' | 'synonym'
}

/** Matches columns to program inputs and labels by name. No column is used twice; what has no likely column stays unmapped. */
export function guessMapping(graph: ProgramGraph, columns: readonly Column[]): Mapping {
  return explainedMapping(graph, columns).mapping
}

/** As `guessMapping`, and says of each match how it came about, so that the page can mark what was only guessed. */
export function explainedMapping(
  graph: ProgramGraph,
  columns: readonly Column[],
): { readonly mapping: Mapping; readonly guesses: readonly MappingGuess[] } {
  const sides = [
    ...programInputs(graph).map(field => ({ field, side: 'inputs' as const })),
    ...programOutputs(graph).map(field => ({ field, side: 'labels' as const })),
  ]
  const guesses: (MappingGuess & { readonly side: 'inputs' | 'labels' })[] = []
  for (const how of ['exact', 'spelling', 'synonym'] as const) {
    for (const { field, side } of sides) {
      if (guesses.some(guess => guess.field === field.id && guess.side === side)) continue
      const column = columns.find(({ id, name }) => !guesses.some(guess => guess.column === id) && matches(field.name, name, how))
      if (column) guesses.push({ field: field.id, column: column.id, how, side })
    }
  }
  const of = (side: 'inputs' | 'labels') =>
    Object.fromEntries(guesses.filter(guess => guess.side === side).map(guess => [guess.field, guess.column]))
  return {
    mapping: { inputs: of('inputs'), labels: of('labels') },
    guesses: guesses.map(({ field, column, how }) => ({ field, column, how })),
  }
}

/**
 * The row as the program and the metric see it: inputs under their field's name; labels are the mapped outputs under the output
 * field's name, and every column that feeds nothing under its own name. What feeds a field is read as the field's type asks, other
 * columns as their own type says.
 */
export function toExample(row: DataRow, columns: readonly Column[], graph: ProgramGraph, mapping: Mapping): Example {
  const pick = (fields: readonly Field[], columnOf: Readonly<Record<FieldId, ColumnId>>): [string, Json][] =>
    fields.flatMap(field => {
      const id = own(columnOf, field.id)
      if (id === undefined) return []
      const column = columns.find(one => one.id === id)
      return [[field.name, fedValue(own(row.cells, id) ?? null, column?.type ?? 'str', field.type)]]
    })
  const used = new Set([...Object.values(mapping.inputs), ...Object.values(mapping.labels)])
  const others = columns
    .filter(column => !used.has(column.id))
    .map((column): [string, Json] => [column.name, convertCell(own(row.cells, column.id), column.type)])
  return {
    id: row.id,
    inputs: Object.fromEntries(pick(programInputs(graph), mapping.inputs)),
    labels: Object.fromEntries([...others, ...pick(programOutputs(graph), mapping.labels)]),
  }
}

/** Program inputs that no column feeds. */
export function unmappedInputs(graph: ProgramGraph, columns: readonly Column[], mapping: Mapping): readonly Field[] {
  const ids = new Set(columns.map(column => column.id))
  return programInputs(graph).filter(field => !ids.has(own(mapping.inputs, field.id) ?? ''))
}

/** Columns a metric may read as labels, by the names it will find them under. */
export function labelNames(graph: ProgramGraph, columns: readonly Column[], mapping: Mapping): ReadonlySet<string> {
  const used = new Set([...Object.values(mapping.inputs), ...Object.values(mapping.labels)])
  const ids = new Set(columns.map(column => column.id))
  const mapped = programOutputs(graph).filter(field => ids.has(own(mapping.labels, field.id) ?? ''))
  return new Set([...mapped.map(field => field.name), ...columns.filter(column => !used.has(column.id)).map(column => column.name)])
}

export interface DuplicateGroup {
  readonly rows: readonly { readonly id: ExampleId; readonly split: Split }[]
  /** The splits it lies in, in the order train, val, test. More than one means that a score is measured on seen rows. */
  readonly splits: readonly Split[]
}

export interface DuplicateQuery {
  readonly graph: ProgramGraph
  readonly columns: readonly Column[]
  readonly mapping: Mapping
  readonly split: SplitSpec
}

/** Rows whose mapped inputs are equal and that lie in more than one split. */
export function duplicateRows(rows: readonly DataRow[], query: DuplicateQuery): readonly DuplicateGroup[] {
  const groups = new Map<string, { id: ExampleId; split: Split }[]>()
  for (const row of rows) {
    const { inputs } = toExample(row, query.columns, query.graph, query.mapping)
    if (Object.keys(inputs).length === 0) continue
    const key = canonicalJson(inputs)
    const group = groups.get(key) ?? []
    group.push({ id: row.id, split: splitOf(row.id, query.split) })
    groups.set(key, group)
  }
  return [...groups.values()]
    .map(group => ({ rows: group, splits: splits.filter(split => group.some(row => row.split === split)) }))
    .filter(group => group.splits.length > 1)
}

function matches(field: string, column: string, how: MappingGuess['how']): boolean {
  if (how === 'exact') return field === column
  const [a, b] = [plain(field), plain(column)]
  if (how === 'spelling') return a === b && a !== ''
  return synonyms.some(group => group.includes(a) && group.includes(b))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** Words that data sets use for the same thing. A word stands in one group only. */
const synonyms: readonly (readonly string[])[] = [
  ['question', 'query', 'prompt', 'problem', 'instruction', 'q'],
  ['answer', 'response', 'output', 'target', 'solution', 'completion', 'a', 'goldanswer', 'expected', 'expectedanswer', 'expectedoutput'],
  ['text', 'content', 'body', 'message', 'input', 'sentence', 'utterance', 'ticket', 'review', 'comment', 'tweet'],
  ['label', 'category', 'class', 'intent', 'topic', 'tag', 'y'],
  ['context', 'passage', 'passages', 'document', 'documents', 'evidence', 'paragraph', 'article'],
  ['summary', 'abstract', 'highlights', 'tldr'],
  ['sentiment', 'polarity', 'emotion'],
  ['title', 'headline', 'subject', 'heading'],
  ['score', 'rating', 'stars', 'grade'],
  ['priority', 'urgency', 'severity'],
  ['language', 'lang', 'locale'],
]

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
