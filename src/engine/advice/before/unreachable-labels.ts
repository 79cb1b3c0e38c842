import { distinctBy } from '@/lib/distinct-by'
import type { Json } from '@/lib/json'
import { splits, type Split } from '../../data/split'
import { lettersOf, likelyOptions, literalCounts, mostLiteralValues, type CountedValue, type LikelyOption } from '../../data/literal-values'
import { comparableText } from '../../metrics/normalize-text'
import { readNumber } from '../../metrics/read-number'
import { withoutOptional } from '../../metrics/rules'
import type { EnumValue, FieldType } from '../../signature/types/field-type'
import { typeName } from '../../signature/type-name'
import { countIn, isEmpty, rowsIn, type LabelValue } from './row-survey'
import { capital, isLost, rowsOf, showRows, sum, type ScoredOutput } from './scored-output'
import type { StartFix, StartProblem } from './start-problem'
import { listed, quoted, rowWords } from './words'

/** Labels that no answer of the output's type can be right on. */
export function unreachableLabels(output: ScoredOutput): readonly StartProblem[] {
  const { metric, values, read } = output
  const { reach } = metric
  if (reach === undefined) return []
  const lost = values.filter(({ value, rows }) => !isEmpty(value) && countIn(rows, read) > 0 && !reach(value))
  if (lost.length === 0) return []
  const plain = withoutOptional(output.type)
  return plain?.kind === 'enum' ? foreignLabels(output, plain.values, lost) : [unreadableLabels(output, lost)]
}

function foreignLabels(output: ScoredOutput, options: readonly EnumValue[], lost: readonly LabelValue[]): readonly StartProblem[] {
  const meant = meantOptions(
    output,
    options.map(option => comparableText(option)),
    lost,
  )
  const alike = [...meant.keys()]
  const foreign = lost.filter(each => !meant.has(each))
  const severity = isLost(output, lost) ? 'stop' : 'warning'
  const problems: StartProblem[] = []
  if (foreign.length > 0) problems.push({ ...foreignProblem(output, options, foreign), severity })
  if (alike.length > 0) problems.push({ ...misspeltProblem(output, options, meant), severity })
  return problems
}

function misspeltProblem(
  output: ScoredOutput,
  options: readonly EnumValue[],
  meant: ReadonlyMap<LabelValue, LikelyOption>,
): Omit<StartProblem, 'severity'> {
  const { metric, read, column } = output
  const shown = [...meant].slice(0, mostButtons)
  const more = meant.size > shown.length ? ` and ${meant.size - shown.length} more` : ''
  const pairs = shown.map(([{ value, rows }, { option }]) => `${quoted(value)} (${rowWords(countIn(rows, read))}) for ${quoted(option)}`)
  const corrections = shown.flatMap(([{ value, rows }, { option }]): readonly StartFix[] =>
    column === undefined
      ? []
      : // A label is written the same in every split, so the sealed rows are corrected with the others.
        [{ kind: 'change-cells', column, rows: rowsIn(rows, splits), to: option, words: `Write ${quoted(value)} as ${quoted(option)}` }],
  )
  const typos = [...meant].filter(([, { isTypo }]) => isTypo).map(([{ value }]) => comparableText(value))
  return {
    id: 'alike-labels',
    message: `Some labels of "${metric.field}" are written otherwise than its values and count as wrong: ${pairs.join(', ')}${more}.`,
    advice: 'Correct them in the data.',
    fixes: [...corrections, ...addTypos(output, options, typos), showRows(output, [...meant.keys()])],
  }
}

/** What looks like a slip of the pen may be a value of its own. */
function addTypos({ metric, type }: ScoredOutput, options: readonly EnumValue[], typos: readonly string[]): readonly StartFix[] {
  const added = withoutTwins(typos)
  if (added.length === 0 || options.length + added.length > mostLiteralValues) return []
  const values = [...options, ...added]
  const what = added.length === 1 ? quoted(added[0] ?? '') : `${added.length} values`
  return [
    { kind: 'set-type', output: metric.field, type: typeLike(type, { kind: 'enum', values }), words: `Add ${what} to ${metric.field}` },
  ]
}

function foreignProblem(
  output: ScoredOutput,
  options: readonly EnumValue[],
  foreign: readonly LabelValue[],
): Omit<StartProblem, 'severity'> {
  const { metric, read, values, field } = output
  const counted = countedLabels(foreign, read)
  const added = withoutTwins(counted.map(({ value }) => value))
  const isEnough = options.length + added.length <= mostLiteralValues
  const next = options.every(option => typeof option === 'number') && added.every(value => typeof value === 'number')
  const all = [...options, ...added.map(value => (next ? value : String(value)))]
  const one = added.length === 1 ? quoted(added[0] ?? '') : `these ${added.length} values`
  const fixes: StartFix[] = isEnough
    ? [
        {
          kind: 'set-type',
          output: metric.field,
          type: typeLike(output.type, { kind: 'enum', values: all }),
          words: `Add ${one} to ${metric.field}`,
        },
      ]
    : [
        { kind: 'set-type', output: metric.field, type: typeLike(output.type, { kind: 'str' }), words: `Let ${metric.field} be any text` },
        ...(field === undefined ? [] : [{ kind: 'open-mapping' as const, field, words: 'Choose another column' }]),
      ]
  return {
    id: 'foreign-labels',
    message: `${capital(rowsOf(sum(foreign, read), sum(values, read)))} ${sum(foreign, read) === 1 ? 'has a label' : 'have labels'} that "${metric.field}" cannot answer, so ${sum(foreign, read) === 1 ? 'it always scores' : 'they always score'} 0: ${listed(counted)}.${isEnough ? likeOthers(options, added) : ''}`,
    advice: isEnough
      ? `Add them to the values of "${metric.field}", or correct the rows.`
      : `They are more than the ${mostLiteralValues} values that fit a Literal: choose another column, or make "${metric.field}" a text.`,
    fixes: [...fixes, showRows(output, foreign)],
  }
}

/** A frequent label that is nearly one of the values may be a value of its own, or a slip in all its rows. */
function likeOthers(options: readonly EnumValue[], added: readonly (string | number)[]): string {
  const likely = likelyOptions(options.map(option => comparableText(option)))
  const pairs = added.flatMap(value => {
    const option = likely(String(value))?.option
    return option === undefined ? [] : [`${quoted(value)} looks like ${quoted(option)}`]
  })
  return pairs.length === 0 ? '' : ` Note that ${pairs.slice(0, mostButtons).join(', ')}.`
}

function unreadableLabels(output: ScoredOutput, lost: readonly LabelValue[]): StartProblem {
  const { metric, read, values, type, field } = output
  const counted = countedLabels(lost, read)
  const plain = withoutOptional(type)
  const isNumber = metric.spec.kind === 'numeric' && !isNumeric(plain)
  const kinds = countedLabels(values, read)
  const few = kinds.length <= mostLiteralValues && kinds.length * 2 <= sum(values, read)
  const fixes: StartFix[] = []
  if (isNumber) {
    if (plain === undefined || plain.kind === 'str' || plain.kind === 'any')
      fixes.push({
        kind: 'set-metric',
        metric: { kind: 'exact-match', params: { field: metric.field } },
        words: 'Compare the texts instead',
      })
  } else if (few) {
    const options: FieldType = { kind: 'enum', values: kinds.map(({ value }) => value) }
    fixes.push({
      kind: 'set-type',
      output: metric.field,
      type: typeLike(type, options),
      words: `Make ${metric.field} one of ${kinds.length === 1 ? '1 value' : `the ${kinds.length} values`}`,
    })
  } else {
    const next: FieldType =
      plain?.kind === 'int' && lost.every(({ value }) => readNumber(value) !== undefined) ? { kind: 'float' } : { kind: 'str' }
    fixes.push({
      kind: 'set-type',
      output: metric.field,
      type: typeLike(type, next),
      words: `Make ${metric.field} a ${next.kind === 'str' ? 'text' : 'number with decimals'}`,
    })
  }
  if (field !== undefined && isLost(output, lost)) fixes.push({ kind: 'open-mapping', field, words: 'Choose another column' })
  const what = isNumber
    ? 'holds no number that the metric can read'
    : `can never be the same as an answer of the type ${plain === undefined ? 'text' : typeName(plain)}`
  const count = sum(lost, read)
  return {
    id: 'unreadable-labels',
    severity: isLost(output, lost) ? 'stop' : 'warning',
    message: `${capital(rowsOf(count, sum(values, read)))} ${count === 1 ? 'has' : 'have'} a label for "${metric.field}" that ${what}: ${listed(counted)}.`,
    advice: 'Correct the labels, choose another column, or change the type of the output or the metric.',
    fixes: [...fixes, showRows(output, lost)],
  }
}

/** The options that labels seem to be meant for. One with a wrong letter is rare, or it is no slip of the pen. */
function meantOptions(
  output: ScoredOutput,
  options: readonly string[],
  lost: readonly LabelValue[],
): ReadonlyMap<LabelValue, LikelyOption> {
  const found = new Map<LabelValue, LikelyOption>()
  // So many are no misspellings of some values.
  if (lost.length > mostLookedAt) return found
  const total = sum(output.values, output.read)
  const likely = likelyOptions(options)
  for (const label of lost) {
    const option = Array.isArray(label.value) ? undefined : likely(comparableText(label.value))
    if (option && (!option.isTypo || countIn(label.rows, output.read) <= Math.max(2, total * rareShare))) found.set(label, option)
  }
  return found
}

/** The different values of labels, items of lists on their own, with the rows that have them. */
function countedLabels(values: readonly LabelValue[], read: readonly Split[]): readonly CountedValue[] {
  return literalCounts(
    values
      .filter(({ value }) => !isEmpty(value))
      .flatMap(({ value, rows }) =>
        (Array.isArray(value) ? (value as readonly Json[]) : [value]).map(item => [item, countIn(rows, read)] as const),
      ),
  )
}

/** Of values that differ in their writing only, the most frequent: the others are then taken for it, or told as misspelt. */
function withoutTwins<T extends string | number>(values: readonly T[]): readonly T[] {
  return distinctBy(values, value => lettersOf(String(value)))
}

function typeLike(before: FieldType | undefined, type: FieldType): FieldType {
  return before?.kind === 'optional' ? { kind: 'optional', of: type } : type
}

function isNumeric(type: FieldType | undefined): boolean {
  return type?.kind === 'int' || type?.kind === 'float' || type?.kind === 'enum'
}

const rareShare = 0.05
const mostButtons = 3
const mostLookedAt = 500
