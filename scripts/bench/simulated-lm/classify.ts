import { wobble } from './chance'
import { topicWords } from './knowledge'
import { lengthOf, meaningOf, nearness, understood } from './meaning'
import { stem, stems } from './words'

/** Share of the mistakes that lies in reading the text; the rest are slips of the answer. */
const misreading = 0.8

export interface Choice {
  readonly label: string
  /** The words that spoke for it. */
  readonly evidence: readonly string[]
}

export interface ChoiceTask {
  readonly text: string
  readonly options: readonly string[]
  readonly demos: readonly { readonly text: string; readonly label: string; readonly reasoning: string }[]
  readonly instructions: string
  /** Size of the mistakes, about 0 to 1. */
  readonly error: number
  /** What the mistakes depend on: those of a model stay for an input, those of `moving` change with the prompt. */
  readonly model: string
  readonly moving: string
}

/** Chooses by what it knows of the words, by rules in the instructions and by the labels of the demos that are most alike. */
export function choose({ text, options, demos, instructions, error, model, moving }: ChoiceTask): Choice {
  const words = stems(text)
  const meaning = understood(text, model, misreading * error)
  const rules = rulesFor(instructions, options)
  const alike = demos.map(demo => Math.max(0, nearness(meaning, meaningOf(demoWords(demo)))))
  const scored = options.map(label => {
    const known = [...new Set([...label.split('_').map(stem), ...stems(topicWords[label] ?? '')])].filter(word => words.includes(word))
    const ruled = rules.get(label) ?? new Map<string, number>()
    const rule = meaningOf([...ruled.keys()])
    const near = demos
      .map((demo, at) => (demo.label === label ? (alike[at] ?? 0) : 0))
      .sort((a, b) => b - a)
      .slice(0, 3)
    const shown = near.reduce((sum, one, at) => sum + one ** 1.3 / (at + 1), 0)
    const told = lengthOf(rule) > 0 ? Math.max(0, nearness(meaning, rule)) : 0
    const score = 0.45 * Math.min(2, known.length) + told + 0.8 * shown
    return {
      label,
      evidence: [...new Set([...known, ...words.filter(word => ruled.has(word))])],
      score: score + error * wobble(moving, label),
    }
  })
  const best = scored.reduce((top, one) => (one.score > top.score ? one : top))
  const seen = new Set(best.evidence)
  const wordsShown = [...new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? [])]
  const named = wordsShown.filter(word => seen.has(stem(word)))
  return { label: best.label, evidence: named.length > 0 ? named : wordsShown.sort((a, b) => b.length - a.length).slice(0, 2) }
}

/** A demo that was worked out tells which of its words decided; of the others all count. */
function demoWords({ text, reasoning, label }: ChoiceTask['demos'][number]): string[] {
  const own = stems(text)
  const decisive = reasoning.includes(label) ? stems(reasoning).filter(word => own.includes(word)) : []
  return decisive.length >= 3 ? decisive : own
}

/** Statements that name one option: their other words speak for it, the more the fewer options they speak for. */
function rulesFor(instructions: string, options: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const rules = new Map<string, Map<string, number>>()
  const users = new Map<string, number>()
  for (const statement of instructions.split(/\n+|(?<=[.;!?])\s+/)) {
    const named = options.filter(option => new RegExp(`(?<![\\w])${option}(?![\\w])`, 'i').test(statement))
    const [label, ...others] = named
    if (label === undefined || others.length > 0) continue
    const own = rules.get(label) ?? new Map<string, number>()
    rules.set(label, own)
    for (const word of stems(statement.replace(new RegExp(label, 'gi'), ' '))) {
      if (!own.has(word)) users.set(word, (users.get(word) ?? 0) + 1)
      own.set(word, 1)
    }
  }
  for (const own of rules.values()) for (const word of own.keys()) own.set(word, 1 / (users.get(word) ?? 1))
  return rules
}
