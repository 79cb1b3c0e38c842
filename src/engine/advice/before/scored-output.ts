import type { Json } from '@/lib/json'
import type { Split } from '../../data/split'
import type { ColumnId } from '../../project/project'
import { coerceValue } from '../../signature/check-value'
import type { FieldId } from '../../signature/signature'
import type { FieldType } from '../../signature/types/field-type'
import type { FieldMetric } from './metric-leaves'
import { countIn, isEmpty, rowsIn, type LabelValue } from './row-survey'
import type { StartFix } from './start-problem'
import { rowWords } from './words'

/** One output that the metric compares, and what the rows know of it. */
export interface ScoredOutput {
  readonly metric: FieldMetric
  /** Whether the whole score is this comparison. */
  readonly isWhole: boolean
  readonly type: FieldType | undefined
  readonly values: readonly LabelValue[]
  /** Splits whose rows the run reads, and those whose rows it scores. */
  readonly read: readonly Split[]
  readonly scored: readonly Split[]
  /** The field of the Output and the column that feeds its label; absent where a column of the output's name does. */
  readonly field: FieldId | undefined
  readonly column: ColumnId | undefined
}

/** Whether a label is empty and no right answer: an empty list may be one, and so may nothing where the type allows it. */
export function isMissing({ metric, type }: ScoredOutput, value: Json): boolean {
  if (!isEmpty(value)) return false
  if (type === undefined || type.kind === 'str' || metric.reach?.(value) === false) return true
  return type.kind !== 'optional' && !coerceValue(type, value).ok
}

/** Whether no row that is scored can get a point, whatever is answered. */
export function isLost(output: ScoredOutput, lost: readonly LabelValue[]): boolean {
  const { isWhole, values, scored } = output
  const certain =
    sum(lost, scored) +
    sum(
      values.filter(({ value }) => isMissing(output, value)),
      scored,
    )
  return isWhole && sum(lost, scored) > 0 && certain === sum(values, scored)
}

export function showRows({ read }: ScoredOutput, of: readonly LabelValue[]): StartFix {
  return { kind: 'show-rows', rows: of.flatMap(each => rowsIn(each.rows, read)), words: 'Show these rows' }
}

/** How many rows of some splits have one of these labels. */
export function sum(values: readonly LabelValue[], splits: readonly Split[]): number {
  return values.reduce((count, { rows }) => count + countIn(rows, splits), 0)
}

export function rowsOf(count: number, total: number): string {
  return count === total ? `all ${rowWords(count)}` : `${count.toLocaleString('en-US')} of ${rowWords(total)}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
