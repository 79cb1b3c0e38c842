import type { Json } from '@/lib/json'
import { mean } from '@/lib/stats'
import type { Values } from '../base/example'
import { normalizeText } from '../metrics/normalize-text'
import { answerKey, type TextRule } from '../metrics/rules'
import type { FieldType } from '../signature/types/field-type'
import type { ReduceId } from './reduce-ids'

/** Which answers are one, and the types of the outputs, for the options of a Literal. */
export interface Counting {
  readonly rule?: TextRule
  readonly typeOf?: (output: string) => FieldType | undefined
  /** The output that a majority is counted by; the last one where it is absent. */
  readonly counted?: string
}

/**
 * One answer of several. The majority is counted by one output, the last unless another is named, under the rule of the vote, and the first answer that has
 * it is taken whole, so that its fields fit together (`dspy.majority`). Mean and median replace the fields that are numbers in all.
 */
export function joinAnswers(reduce: ReduceId, answers: readonly Values[], counting: Counting = {}): Values {
  const most = majority(answers, counting)
  if (reduce === 'majority') return most
  const numbers = Object.keys(most).flatMap((name): readonly (readonly [string, Json])[] => {
    const values = answers.map(answer => answer[name]).filter(value => typeof value === 'number')
    return values.length === answers.length ? [[name, reduce === 'mean' ? mean(values) : median(values)]] : []
  })
  return { ...most, ...Object.fromEntries(numbers) }
}

function majority(answers: readonly Values[], { rule = 'distinct', typeOf, counted }: Counting): Values {
  const field = counted ?? Object.keys(answers[0] ?? {}).at(-1) ?? ''
  const keyOf = (answer: Values): string => answerKey(rule, typeOf?.(field), answer[field])
  // A value that is missing is no vote, unless there is no other: three that could not say are no majority over one that could.
  const saying = answers.filter(answer => !isEmptyAnswer(answer[field], rule))
  const votes = saying.length > 0 ? saying : answers
  const counts = new Map<string, number>()
  for (const answer of votes) counts.set(keyOf(answer), (counts.get(keyOf(answer)) ?? 0) + 1)
  const top = Math.max(...counts.values())
  return votes.find(answer => counts.get(keyOf(answer)) === top) ?? {}
}

/** What `dspy.majority` counts as no value: none at all, and a text of which its normalisation leaves nothing. */
export function isEmptyAnswer(value: Json | undefined, rule: TextRule): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'string' && (rule === 'dspy' ? normalizeText(value) : value.trim()) === ''
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? high) + high) / 2
}
