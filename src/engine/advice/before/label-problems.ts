import { median } from '@/lib/stats'
import { comparableText } from '../../metrics/normalize-text'
import { readNumber } from '../../metrics/read-number'
import { answerKey, withoutOptional } from '../../metrics/rules'
import { countIn, isEmpty, rowsIn } from './row-survey'
import { capital, isMissing, rowsOf, sum, type ScoredOutput } from './scored-output'
import type { StartFix, StartProblem } from './start-problem'
import { unreachableLabels } from './unreachable-labels'
import { quoted, rowWords } from './words'

/** What is wrong with the labels of one output, of what keeps a score down the most. */
export function labelProblems(output: ScoredOutput): readonly StartProblem[] {
  const empty = emptyLabels(output)
  const unreachable = unreachableLabels(output)
  const others = unreachable.length > 0 ? [] : [equalLabels(output), longLabels(output)]
  return [...empty, ...unreachable, ...others.flatMap(problem => problem ?? [])]
}

function emptyLabels(output: ScoredOutput): readonly StartProblem[] {
  const { metric, values, read, scored, field, isWhole } = output
  const empty = values.filter(({ value }) => isMissing(output, value))
  const rows = empty.flatMap(each => rowsIn(each.rows, read))
  if (rows.length === 0) return []
  const total = sum(values, read)
  const isCertain = isWhole && total > 0 && sum(empty, scored) === sum(values, scored)
  const open: readonly StartFix[] = field === undefined ? [] : [{ kind: 'open-mapping', field, words: 'Choose another column' }]
  const show: readonly StartFix[] = [{ kind: 'show-rows', rows, words: 'Show these rows' }]
  return [
    {
      id: 'empty-labels',
      severity: isCertain ? 'stop' : 'warning',
      message:
        rows.length === total
          ? `No row has a right answer: the label of "${metric.field}" is empty in ${total === 1 ? 'the only row' : `all ${rowWords(total)}`}.`
          : `${capital(rowsOf(rows.length, total))} ${rows.length === 1 ? 'has' : 'have'} no label for "${metric.field}" and ${rows.length === 1 ? 'counts' : 'count'} as wrong.`,
      advice: 'Fill in the labels, remove these rows, or choose another column.',
      fixes: rows.length === total ? open : [...show, ...open],
    },
  ]
}

/** A score on labels that are all equal says nothing. */
function equalLabels({ metric, type, values, scored }: ScoredOutput): StartProblem | undefined {
  const rows = values.filter(({ value, rows: of }) => !isEmpty(value) && countIn(of, scored) > 0)
  const total = sum(rows, scored)
  const keys = new Set(rows.map(({ value }) => answerKey('distinct', type, value)))
  const [first] = rows
  if (keys.size !== 1 || first === undefined || total < fewRows) return undefined
  return {
    id: 'equal-labels',
    severity: 'warning',
    message: `All ${rowWords(total)} that are scored have the same label for "${metric.field}", ${quoted(first.value)}: a program that always answers that gets the full score.`,
    advice: 'Add rows with other labels, or choose another column.',
    fixes: [{ kind: 'open-data', words: 'Look at the rows' }],
  }
}

/** Long texts are never answered to the letter. */
function longLabels({ metric, isWhole, type, values, scored }: ScoredOutput): StartProblem | undefined {
  const plain = withoutOptional(type)
  if (metric.spec.kind !== 'exact-match' || !isWhole || (plain !== undefined && plain.kind !== 'str')) return undefined
  const texts = values.filter(({ value, rows }) => !isEmpty(value) && !Array.isArray(value) && countIn(rows, scored) > 0)
  const total = sum(texts, scored)
  if (total < fewRows) return undefined
  const lengths = texts.flatMap(({ value, rows }) => {
    const words = comparableText(value).trim().split(/\s+/).length
    return Array.from({ length: countIn(rows, scored) }, () => words)
  })
  const usual = median(lengths)
  if (usual < longText) return undefined
  const endInNumbers = texts.every(({ value }) => /\d[.!)]?$/.test(comparableText(value).trim()) && readNumber(value) !== undefined)
  const field = metric.field
  const fixes: StartFix[] = [{ kind: 'set-metric', metric: { kind: 'token-f1', params: { field } }, words: 'Score the words in common' }]
  if (endInNumbers) fixes.unshift({ kind: 'set-metric', metric: { kind: 'numeric', params: { field } }, words: 'Score the last number' })
  return {
    id: 'long-labels',
    severity: 'warning',
    message: `The labels of "${field}" are texts of about ${Math.round(usual)} words, and exact match gives a point for the very same text only.`,
    advice: 'Choose a metric such as token-f1, numeric or rubric-judge.',
    fixes,
  }
}

const fewRows = 5
const longText = 8
