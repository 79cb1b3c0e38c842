import { pick, shuffled, unit } from './chance'
import type { Pair } from './evidence'
import { operationNames, operations, type Operation } from './knowledge'
import { planBehind } from './solve'
import { techniques } from './techniques'
import { stem, stems } from './words'

export interface Assignment {
  /** The instruction in force. */
  readonly base: string
  readonly pairs: readonly Pair[]
  /** All that the request shows; options and rules noted earlier are found here. */
  readonly evidence: string
  /** A hint on style, where the request has one. */
  readonly tip: string
  readonly salt: string
  /** Fixes every choice of words. */
  readonly chance: string
}

/** Improves an instruction: keeps it, adds the rules that the examples show, and one or two ways of working. */
export function writeInstruction(assignment: Assignment): string {
  const { base, tip, chance } = assignment
  const known = notedRules(base)
  const rules = merged([...known, ...notedRules(assignment.evidence), ...rulesFrom(assignment)])
  const isShort = /concise|short|brief|plain/i.test(tip)
  const opening = base
    .split('\n')
    .filter(line => !noted.test(line))
    .join('\n')
    .trim()
  const kind = assignment.pairs.some(isNumeric) || /\bnumber|calculat|arithmetic/i.test(base) ? 'number' : 'label'
  const unused = shuffled(
    techniques.filter(({ sign, only }) => !sign.test(base) && (only === undefined || only === kind)),
    chance,
    'techniques',
  )
  const wished = unused.filter(
    ({ id }) => (id === 'persona' && /persona|who (?:it|they) (?:is|are)/i.test(tip)) || (id === 'stakes' && /stakes|harm/i.test(tip)),
  )
  const extra = unused.filter(one => !wished.includes(one)).slice(0, isShort ? 0 : 1 + Math.floor(unit(chance, 'count') * 2))
  return [...wished.map(({ sentence }) => sentence), opening, ...rules, ...extra.map(({ sentence }) => sentence)].filter(Boolean).join('\n')
}

/** What the examples teach, a line each; also what the simulated LM notes down when it is asked to look at data. */
export function rulesFrom({ pairs, chance }: Pick<Assignment, 'pairs' | 'chance'>): readonly string[] {
  const numeric = pairs.filter(isNumeric)
  if (numeric.length > pairs.length / 2) return operationRules(numeric, chance)
  const labels = [...new Set(pairs.map(({ answer }) => answer))].filter(label => /^[\w-]{2,30}$/.test(label))
  const counts = countWords(pairs)
  return labels.flatMap(label => {
    const own = counts.get(label) ?? new Map<string, number>()
    const total = (word: string) => [...counts.values()].reduce((sum, one) => sum + (one.get(stem(word)) ?? 0), 0)
    const words = [
      ...new Set(pairs.filter(({ answer }) => answer === label).flatMap(({ text }) => text.toLowerCase().match(/[a-z]{3,}/g) ?? [])),
    ]
      .filter(word => stems(word).length > 0)
      .map(word => ({
        word,
        worth:
          ((own.get(stem(word)) ?? 0) / total(word)) * (own.get(stem(word)) ?? 0) +
          0.06 * Math.min(9, word.length) +
          0.5 * unit(chance, word),
      }))
      .sort((x, y) => y.worth - x.worth)
      .slice(0, 4 + Math.floor(unit(chance, label) * 3))
    return words.length > 0 ? [`- \`${label}\`: ${words.map(({ word }) => word).join(', ')}.`] : []
  })
}

function countWords(pairs: readonly Pair[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const counts = new Map<string, Map<string, number>>()
  for (const { text, answer } of pairs) {
    const own = counts.get(answer) ?? new Map<string, number>()
    counts.set(answer, own)
    for (const word of new Set(stems(text))) own.set(word, (own.get(word) ?? 0) + 1)
  }
  return counts
}

function operationRules(pairs: readonly Pair[], chance: string): readonly string[] {
  const words = new Map<Operation, string[]>()
  for (const { text, answer } of pairs) {
    const plan = planBehind(text, Number(answer))
    const telling = shuffled(
      [...new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? [])].filter(word => stems(word).length > 0),
      chance,
      text,
    )
    // The question stands at the end of a problem, and mostly names what to do.
    const last =
      (
        text
          .toLowerCase()
          .split(/[.?!]\s/)
          .at(-1) ?? ''
      ).match(/[a-z]{4,}/g) ?? []
    for (const operation of new Set(plan?.operations ?? [])) {
      const chosen = [...last.filter(word => telling.includes(word)).slice(-2), ...telling.slice(0, 1)]
      words.set(operation, [...new Set([...(words.get(operation) ?? []), ...chosen])])
    }
  }
  const shared = (word: string) => [...words.values()].filter(list => list.includes(word)).length
  return operations.flatMap(operation => {
    const own = (words.get(operation) ?? []).filter(word => shared(word) === 1).slice(0, 8)
    return own.length > 0 ? [`- To ${operation} is right for words such as ${own.map(word => `\`${word}\``).join(', ')}.`] : []
  })
}

const noted = /^\s*- (?:`([\w-]+)`: ([^.]+)\.|To (\w+) is right for words such as ([^.]+)\.)/

function notedRules(text: string): readonly string[] {
  return text
    .split('\n')
    .filter(line => noted.test(line))
    .map(line => line.trim())
}

/** One line for each answer, with the words of all rules for it, the newest first; a line does not grow forever. */
function merged(rules: readonly string[]): readonly string[] {
  const byHead = new Map<string, string[]>()
  for (const rule of rules.toReversed()) {
    const [, label, labelled, operation, asked] = noted.exec(rule) ?? []
    const head = label === undefined ? `- To ${operation} is right for words such as` : `- \`${label}\`:`
    byHead.set(head, [...new Set([...(byHead.get(head) ?? []), ...(labelled ?? asked ?? '').split(', ')])])
  }
  return [...byHead].map(([head, words]) => `${head} ${words.slice(0, 16).join(', ')}.`)
}

/** What a model says about data it was shown. */
export function writeObservations(pairs: readonly Pair[], chance: string): string {
  const form = pick(['Each input is a short text.', 'The inputs are a sentence or two long.', 'Inputs are written in plain words.'], chance)
  return [form, ...rulesFrom({ pairs, chance })].join('\n')
}

/** A shorter form of observations: two thirds of what was noted. */
export function summarise(observations: string, chance: string): string {
  const rules = merged(notedRules(observations))
  const kept = rules.filter(rule => unit(chance, rule) < 0.67)
  return ['A data set of short texts, each with one right answer.', ...kept].join('\n')
}

export function isNumeric({ answer }: Pair): boolean {
  return /^-?[\d.,]+$/.test(answer.trim())
}

export function mentionsOperation(text: string): boolean {
  return operations.some(operation => operationNames[operation].test(text))
}
