import { canonicalJson } from '@/lib/canonical-json'
import type { Json } from '@/lib/json'
import type { Example, ExampleId } from '../../base/example'
import { splits, type Split } from '../../data/split'
import { comparableText } from '../../metrics/normalize-text'
import { blobRefsIn } from '../../blobs/blob-ref'
import { programInputs, programOutputs } from '../../program/ends'
import { holdsFile } from '../../signature/types/registry'
import type { RowFile } from './file-limits'
import type { ProgramGraph } from '../../program/program'

export type RowsBySplit = Readonly<Record<Split, readonly ExampleId[]>>

/** A value that a label has, and the rows that have it. */
export interface LabelValue {
  readonly value: Json
  readonly rows: RowsBySplit
}

/** What the checks before a run need to know of the rows: each is looked at once, whatever the metric is. */
export interface RowSurvey {
  readonly rows: RowsBySplit
  /** By output; absent for one that no column feeds. */
  readonly labels: ReadonlyMap<string, readonly LabelValue[]>
  /** By input: the rows in which nothing stands. Absent for an input that may be empty, as a conversation is that begins. */
  readonly emptyInputs: ReadonlyMap<string, RowsBySplit>
  /** Files that are sent with their bytes. */
  readonly files: readonly RowFile[]
  /** Rows in which an input says nothing else than the label of an output does. */
  readonly sameAsLabel: readonly { readonly input: string; readonly output: string; readonly rows: RowsBySplit }[]
}

/** Takes in rows piece by piece, so that whoever reads them can give way to other work in between. */
export function rowSurveyor(graph: ProgramGraph) {
  const inputs = programInputs(graph)
  const outputs = programOutputs(graph).map(field => field.name)
  const rows = bySplit()
  const labels = new Map<string, Map<string, { value: Json; rows: Record<Split, ExampleId[]> }>>()
  const emptyInputs = new Map(
    inputs.filter(({ type }) => type.kind !== 'optional' && type.kind !== 'history').map(({ name }) => [name, bySplit()]),
  )
  const files: RowFile[] = []
  const fileInputs = inputs.filter(({ type }) => holdsFile(type)).map(({ name }) => name)
  const pairs = inputs.flatMap(({ name: input }) => outputs.map(output => ({ input, output, rows: bySplit() })))
  return {
    add(split: Split, examples: readonly Example[]): void {
      for (const { id, inputs: given, labels: known } of examples) {
        rows[split].push(id)
        for (const input of fileInputs) for (const ref of blobRefsIn(given[input])) files.push({ row: id, split, input, ref })
        for (const [name, empty] of emptyInputs) if (isEmpty(given[name])) empty[split].push(id)
        for (const output of outputs) {
          const value = known[output]
          if (value === undefined) continue
          const values = labels.get(output) ?? new Map<string, { value: Json; rows: Record<Split, ExampleId[]> }>()
          labels.set(output, values)
          const key = canonicalJson(value)
          const tally = values.get(key) ?? { value, rows: bySplit() }
          values.set(key, tally)
          tally.rows[split].push(id)
        }
        for (const { input, output, rows: same } of pairs)
          if (!isEmpty(known[output]) && comparableText(given[input]) === comparableText(known[output])) same[split].push(id)
      }
    },
    survey: (): RowSurvey => ({
      rows,
      labels: new Map([...labels].map(([output, values]) => [output, [...values.values()]])),
      emptyInputs,
      files,
      sameAsLabel: pairs.filter(pair => splits.some(split => pair.rows[split].length > 0)),
    }),
  }
}

/** The rows of some splits, in the order of the splits. */
export function rowsIn(rows: RowsBySplit, of: readonly Split[]): readonly ExampleId[] {
  return of.flatMap(split => rows[split])
}

export function countIn(rows: RowsBySplit, of: readonly Split[]): number {
  return of.reduce((sum, split) => sum + rows[split].length, 0)
}

/** Nothing, or white space only. */
export function isEmpty(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'string' && value.trim() === '') ||
    (Array.isArray(value) && value.length === 0)
  )
}

function bySplit(): Record<Split, ExampleId[]> {
  return { train: [], val: [], test: [] }
}
