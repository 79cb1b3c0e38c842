import incidentReports from '../../../src/templates/incident-reports.json'
import supportTickets from '../../../src/templates/support-tickets.json'
import wordProblems from '../../../src/templates/word-problems.json'
import { wobble } from './chance'
import { numbersIn, plansFor } from './plans'
import { stems } from './words'

/** A direction in a space of matters that texts can be about. Its length is of no account. */
export type Meaning = ReadonlyMap<string, number>

/**
 * How much of a language a model has learnt before any prompt: which words belong to the same matter. It is counted from the texts of the
 * tasks, as a real model has it from the web, and it carries no label of a task: matters are numbers, and what they are to be called, or
 * which calculation they ask for, only the prompt can tell.
 */
export function meaningOf(words: readonly string[]): Meaning {
  const sum = new Map<string, number>()
  for (const word of new Set(words)) for (const [matter, share] of language.get(word) ?? []) sum.set(matter, (sum.get(matter) ?? 0) + share)
  return sum
}

/** What the model makes of a text: a part of every text is misread, the same part each time. */
export function understood(text: string, model: string, error: number): Meaning {
  const meaning = meaningOf(wordsOf(text))
  const size = lengthOf(meaning)
  return new Map(matters.map(matter => [matter, (meaning.get(matter) ?? 0) + size * error * wobble(model, text, matter)]))
}

export function wordsOf(text: string): string[] {
  return [...stems(text), ...(/\bhow many\b/i.test(text) ? ['howmany'] : []), ...(text.includes('%') ? ['percent'] : [])]
}

/** Cosine, −1 to 1. */
export function nearness(a: Meaning, b: Meaning): number {
  let dot = 0
  for (const [matter, value] of a) dot += value * (b.get(matter) ?? 0)
  return dot === 0 ? 0 : dot / (lengthOf(a) * lengthOf(b))
}

export function lengthOf(meaning: Meaning): number {
  return Math.sqrt([...meaning.values()].reduce((sum, value) => sum + value ** 2, 0))
}

type Row = readonly [text: string, matter: string]
const rows: readonly Row[] = [
  ...supportTickets.map(([text, team]): Row => [String(text), `ticket ${String(team)}`]),
  ...incidentReports.map((row): Row => [String(Object.values(row)[0]), `report ${String(Object.values(row).at(-1))}`]),
  ...wordProblems.map(([text, answer]): Row => [String(text), `problem ${kindOf(String(text), Number(answer))}`]),
]
const matters = [...new Set(rows.map(([, matter]) => matter))]
const language = learn(rows)

/** Problems are of one matter when the same calculation solves them. */
function kindOf(text: string, answer: number): string {
  const numbers = numbersIn(text)
  const at = plansFor(numbers.length).findIndex(plan => Math.abs(plan.value(numbers) - answer) < 0.01)
  return `${numbers.length} ${at}`
}

/** Each word's share in every matter, above what any word has; rare words tell less. */
function learn(corpus: readonly Row[]): ReadonlyMap<string, Meaning> {
  const counts = new Map<string, Map<string, number>>()
  const perMatter = new Map<string, number>()
  for (const [text, matter] of corpus) {
    perMatter.set(matter, (perMatter.get(matter) ?? 0) + 1)
    for (const word of new Set(wordsOf(text))) {
      const own = counts.get(word) ?? new Map<string, number>()
      counts.set(word, own.set(matter, (own.get(matter) ?? 0) + 1))
    }
  }
  return new Map(
    [...counts].map(([word, own]) => {
      const total = [...own.values()].reduce((sum, count) => sum + count, 0)
      const shares = matters.map((matter): [string, number] => {
        const expected = (perMatter.get(matter) ?? 0) / corpus.length
        return [matter, ((own.get(matter) ?? 0) / total - expected) * (total / (total + 1))]
      })
      return [word, new Map(shares)]
    }),
  )
}
