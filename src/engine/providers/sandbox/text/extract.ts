import { bagOf } from './bag'
import { boundedCache } from '@/lib/bounded-cache'
import type { Noise } from './noise'
import { teach, type TaughtInstance } from './softmax'
import { isStopWord, sentences, stem, terms, words } from './words'

export interface ExtractTask {
  /** The text to take from. */
  readonly text: string
  /** Further inputs (a question, a topic) and what the field and the instructions ask for. */
  readonly focus: string
  readonly wish: string
  readonly demos: readonly { readonly text: string; readonly output: string }[]
  readonly noise: Noise
}

/**
 * Answers with words of the text: the sentences most like those that the demos' outputs were taken from; without demos the
 * lead and what the focus shares words with. Length follows the demos, else the wish ("one short sentence", "5 words").
 */
export function extract(task: ExtractTask): string {
  const parts = sentences(task.text)
  if (parts.length === 0) return ''
  const habit = habits.of(task.demos.map(demo => `${demo.text}\u0001${demo.output}`).join('\u0000'), () => learn(task.demos))
  const target = wishedLength(task.wish) ?? habit.length
  const scored = parts.map((part, at) => ({
    part,
    at,
    score: habit.score(featuresOf(part, at, parts)) + priorOf(part, at, parts, task) + task.noise.jitter(`s${at}`),
  }))
  const ranked = [...scored].sort((a, b) => b.score - a.score || a.at - b.at)
  const chosen: typeof scored = []
  let count = 0
  for (const one of ranked) {
    const size = words(one.part).length
    if (
      chosen.length > 0 &&
      (habit.sentences === undefined ? target === undefined || count + size * 0.5 > target : chosen.length >= habit.sentences)
    )
      break
    chosen.push(one)
    count += size
    if (chosen.length >= 4) break
  }
  const first = chosen[0]
  if (chosen.length === 1 && first !== undefined && target !== undefined && count > target * 1.6)
    return shortened(first.part, target, clause => habit.score(featuresOf(clause, first.at, parts)) + overlap(clause, task.focus))
  return chosen
    .sort((a, b) => a.at - b.at)
    .map(one => one.part)
    .join(' ')
}

interface Habit {
  /** Words, and sentences, of the median demo output. */
  readonly length: number | undefined
  readonly sentences: number | undefined
  score(features: ReadonlyMap<string, number>): number
}

const habits = boundedCache<Habit>(256)

/** Which sentences do outputs come from? A demo's best-matching sentences against its other ones. */
function learn(demos: ExtractTask['demos']): Habit {
  const lengths: number[] = []
  const instances: TaughtInstance<'take' | 'leave'>[] = []
  for (const demo of demos) {
    const wanted = new Set(terms(demo.output))
    lengths.push(words(demo.output).length)
    const parts = sentences(demo.text)
    if (wanted.size === 0 || parts.length < 2) continue
    const shares = parts.map(part => terms(part).filter(term => wanted.has(term)).length / wanted.size)
    const most = Math.max(...shares)
    if (most < 0.25) continue
    parts.forEach((part, at) => {
      const answer = (shares[at] ?? 0) >= most * 0.7 ? 'take' : 'leave'
      instances.push({ features: featuresOf(part, at, parts), answer, weight: 1, prior: noPrior })
    })
  }
  const length = lengths.length === 0 ? undefined : lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)]
  const counts = demos.map(demo => sentences(demo.output).length).sort((a, b) => a - b)
  const middle = counts[Math.floor(counts.length / 2)]
  if (instances.length === 0) return { length, sentences: middle, score: () => 0 }
  const taught = teach(['take', 'leave'], instances, { epochs: 40, rate: 0.5, decay: 0.01 })
  return {
    length,
    sentences: middle,
    score(features) {
      const scores = taught(features)
      return (scores.get('take') ?? 0) - (scores.get('leave') ?? 0)
    },
  }
}

const noPrior: ReadonlyMap<'take' | 'leave', number> = new Map()

function featuresOf(part: string, at: number, parts: readonly string[]): ReadonlyMap<string, number> {
  const count = parts.length
  const features = new Map<string, number>()
  for (const [feature, weight] of bagOf(part)) {
    if (feature.startsWith('w:')) features.set(feature, weight * 0.6)
    else if (feature.startsWith('t:') || feature.startsWith('f:^')) features.set(feature, weight)
  }
  const place = at === 0 ? 'first' : at === count - 1 ? 'last' : at === 1 ? 'second' : at === count - 2 ? 'before last' : 'middle'
  features.set(`place ${place}`, 1)
  if (/\d/.test(part)) features.set('has a number', 0.7)
  if (part.endsWith('?')) features.set('asks', 1)
  if (part.endsWith('!')) features.set('exclaims', 0.7)
  if (/\b(not|no|never|n't|cannot)\b/i.test(part)) features.set('negates', 0.7)
  if (/\b(I|we|my|our)\b/.test(part)) features.set('first person', 0.5)
  const length = words(part).length
  features.set(`longer ones ${Math.min(3, parts.filter(other => words(other).length > length).length)}`, 0.8)
  features.set(length < 8 ? 'short' : length < 18 ? 'medium' : 'long', 0.6)
  return features
}

function priorOf(part: string, at: number, parts: readonly string[], task: ExtractTask): number {
  const isHabit = task.demos.length > 0 ? 0.4 : 1
  const lead = at === 0 ? 0.5 : 0
  return (
    isHabit * (lead + centrality(part, parts)) +
    1.3 * overlap(part, task.focus) +
    0.7 * overlap(part, task.wish) -
    (words(part).length < 4 ? 0.6 : 0)
  )
}

function centrality(part: string, parts: readonly string[]): number {
  const own = new Set(terms(part))
  if (own.size === 0) return 0
  let shared = 0
  for (const other of parts) if (other !== part) for (const term of new Set(terms(other))) if (own.has(term)) shared += 1
  return shared / (own.size + 4)
}

/** Words in common, topics counting less, over the root of the length. */
function overlap(part: string, focus: string): number {
  if (focus.trim() === '') return 0
  const wanted = bagOf(focus)
  let sum = 0
  for (const [feature, weight] of bagOf(part)) {
    if (feature.startsWith('w:') && wanted.has(feature)) sum += weight
    else if (feature.startsWith('t:') && wanted.has(feature)) sum += 0.4 * weight
  }
  return sum / Math.sqrt(4 + words(part).length / 4)
}

function wishedLength(wish: string): number | undefined {
  const counted = /\b(\d+|three|four|five|six|eight|ten|twelve|fifteen|twenty)\s+words?\b/i.exec(wish)
  if (counted?.[1] !== undefined) return numberWords[counted[1].toLowerCase()] ?? Number(counted[1])
  if (/\b(few words|short phrase|title|headline)\b/i.test(wish)) return 6
  if (/\b(one|a|single)\s+(short|brief|concise)\s+sentence\b/i.test(wish)) return 12
  if (/\b(one|single) sentence\b/i.test(wish)) return 16
  if (/\b(two|2) sentences\b/i.test(wish)) return 32
  return undefined
}

const numberWords: Readonly<Record<string, number>> = {
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  eight: 8,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
}

/** The clauses around the best one, up to about the wished length. */
function shortened(sentence: string, target: number, score: (clause: string) => number): string {
  const clauses = sentence
    .split(/(?<=[,;:])\s+|\s+(?=(?:but|because|so|which|and|while|although|when|since)\s)/)
    .filter(clause => clause.trim() !== '')
  let best = 0
  clauses.forEach((clause, at) => {
    if (score(clause) > score(clauses[best] ?? '')) best = at
  })
  let text = clauses[best] ?? sentence
  for (let at = best + 1; at < clauses.length; at += 1) {
    const longer = `${text} ${clauses[at] ?? ''}`
    if (words(longer).length > target * 1.2) break
    text = longer
  }
  return text
    .replace(/^(and|but|so|because)\s+/i, '')
    .replace(/[,;:]$/, '')
    .trim()
}

/** Short values (a name, a product) that demos copy from their texts: spans that stand in like places. */
export function extractSpan(task: ExtractTask): string | undefined {
  const shown = task.demos.filter(demo => demo.output !== '' && words(demo.output).length <= 5 && demo.text.includes(demo.output))
  if (shown.length < 2 || shown.length < task.demos.length * 0.6) return undefined
  const yes = new Map<string, number>()
  const all = new Map<string, number>()
  let spans = 0
  for (const demo of shown) {
    for (const span of spansOf(demo.text)) {
      spans += 1
      for (const feature of span.features) all.set(feature, (all.get(feature) ?? 0) + 1)
      if (span.text === demo.output) for (const feature of span.features) yes.set(feature, (yes.get(feature) ?? 0) + 1)
    }
  }
  let best: { text: string; score: number } | undefined
  spansOf(task.text).forEach((span, at) => {
    let score = task.noise.jitter(`p${at}`)
    for (const feature of span.features)
      score += Math.log(((yes.get(feature) ?? 0) + 0.15) / (shown.length + 0.3)) - Math.log(((all.get(feature) ?? 0) + 1) / (spans + 2))
    if (best === undefined || score > best.score) best = { text: span.text, score }
  })
  return best?.text
}

function spansOf(text: string): { text: string; features: string[] }[] {
  const tokens = [...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}'’.@:/-]*[\p{L}\p{N}]|[\p{L}\p{N}]|[$€£]\d[\d.,]*/gu)]
  const spans: { text: string; features: string[] }[] = []
  tokens.forEach((token, start) => {
    for (let length = 1; length <= 4 && start + length <= tokens.length; length += 1) {
      const last = tokens[start + length - 1]
      if (last === undefined) break
      const span = text.slice(token.index, last.index + last[0].length)
      if (/[.!?]\s/.test(span)) break
      const before = tokens[start - 1]?.[0].toLowerCase() ?? '^'
      const after = tokens[start + length]?.[0].toLowerCase() ?? '$'
      const inside = span.split(/\s+/)
      spans.push({
        text: span,
        features: [
          `before ${stem(before)}`,
          `after ${stem(after)}`,
          `length ${length}`,
          `shape ${inside.map(shapeOf).join(' ')}`,
          `first ${shapeOf(inside[0] ?? '')}`,
          `word ${stem(span.toLowerCase())}`,
          `stop ${inside.some(word => isStopWord(word.toLowerCase()))}`,
          `place ${Math.min(3, Math.floor((4 * start) / tokens.length))}`,
          `more ${shapeOf(tokens[start + length]?.[0] ?? '')} ${shapeOf(tokens[start - 1]?.[0] ?? '')}`,
        ],
      })
    }
  })
  return spans
}

function shapeOf(word: string): string {
  if (/@/.test(word)) return 'address'
  if (/^[$€£]?\d/.test(word)) return 'number'
  if (/^\p{Lu}+\d*$/u.test(word) && word.length > 1) return 'CAPITALS'
  return /^\p{Lu}/u.test(word) ? 'Capital' : 'lower'
}
