import { bagOf, type Bag } from './bag'
import type { DemoIndex, Reads } from './demo-index'
import { topicsOf } from './lexicon'
import type { Noise } from './noise'
import type { Rules } from './rules'
import { nameWords, stem } from './words'

export interface Label {
  /** What is answered. */
  readonly value: string
  /** Words the label is known by; for a boolean the field's name, for its negation none. */
  readonly name: string
  /** A label that needs no evidence of its own ("other", `False`) starts with a little credit. */
  readonly credit: number
}

export interface Choice {
  readonly value: string
  readonly score: number
  /** Words of the text that spoke for it, strongest first. */
  readonly words: readonly string[]
  /** The most alike demo with this answer. */
  readonly nearest?: string
}

export interface ClassifyTask {
  readonly text: string
  readonly labels: readonly Label[]
  readonly rules: Rules
  readonly demos: DemoIndex<string>
  readonly noise: Noise
  /** True after a reasoning field: meaning is read, not only words, and a second look decides between the front-runners. */
  readonly isCareful: boolean
}

/**
 * Scores every label, best first: overlap with its name, the prompt's rules, and the demos (nearest ones, and how much
 * likelier each word is under the label than elsewhere).
 */
export function classify(task: ClassifyTask): readonly Choice[] {
  const reads: Reads = task.isCareful ? 'meaning' : 'surface'
  const bag = bagOf(task.text)
  const likeness = task.demos.likeness(bag, reads)
  const evidence = task.labels.map((label) => evidenceFor(label, bag, task, reads, likeness))
  if (task.isCareful) secondLook(evidence, bag, task)
  return evidence
    .map(({ label, score, features, nearest }) => ({
      value: label.value,
      score: score + task.noise.jitter(label.value),
      words: evidenceWords(task.text, features),
      ...(nearest === undefined ? {} : { nearest }),
    }))
    .sort((a, b) => b.score - a.score)
}

interface Evidence {
  readonly label: Label
  score: number
  readonly features: Map<string, number>
  readonly nearest?: string
}

function evidenceFor(label: Label, bag: Bag, task: ClassifyTask, reads: Reads, likeness: readonly number[]): Evidence {
  const features = new Map<string, number>()
  const note = (feature: string, amount: number): void => {
    if (amount > 0) features.set(feature, (features.get(feature) ?? 0) + amount)
  }
  let name = 0
  for (const word of nameWords(label.name)) {
    const stemmed = stem(word)
    const exact = bag.get(`w:${stemmed}`)
    if (exact !== undefined) {
      name += 1
      note(`w:${stemmed}`, 1)
    } else if (reads === 'meaning') {
      for (const topic of topicsOf(stemmed)) {
        const found = bag.get(`t:${topic}`)
        if (found !== undefined) {
          name += 0.45 * found
          note(`t:${topic}`, 0.45)
        }
      }
    }
  }
  let rules = 0
  for (const [feature, weight] of task.rules.get(label.value) ?? []) {
    if (reads === 'surface' && feature.startsWith('t:')) continue
    const found = bag.get(feature)
    if (found === undefined) continue
    rules += weight * (feature.startsWith('w:') ? 1 : 0.6 * found)
    note(feature, weight)
  }
  let best = 0
  let second = 0
  let nearest: string | undefined
  task.demos.instances.forEach((instance, at) => {
    if (instance.answer !== label.value) return
    const alike = (likeness[at] ?? 0) * instance.weight
    if (alike > best) {
      second = best
      best = alike
      nearest = instance.text
      for (const [feature, weight] of bag) {
        if (instance.bag.has(feature) && feature.startsWith('w:')) note(feature, weight * task.demos.idf(feature))
      }
    } else if (alike > second) second = alike
  })
  const demos = best + 0.5 * second
  const score = label.credit + 1.1 * saturate(name) + 1.5 * saturate(rules) + (task.isCareful ? 4 : 3.4) * demos
  return { label, score, features, ...(nearest === undefined ? {} : { nearest }) }
}

function saturate(value: number): number {
  return value <= 0 ? value * 0.5 : value / (1 + value / 4)
}

/** Adds, for labels with demos, how much likelier the text's features are under the label than elsewhere (naive Bayes with strong smoothing). */
function secondLook(evidence: Evidence[], bag: Bag, task: ClassifyTask): void {
  const { instances } = task.demos
  if (instances.length === 0) return
  const totals = new Map<string, number>()
  for (const instance of instances) totals.set(instance.answer, (totals.get(instance.answer) ?? 0) + instance.weight)
  const all = instances.reduce((sum, instance) => sum + instance.weight, 0)
  const ratios = new Map<string, number>()
  let features = 0
  for (const [feature, weight] of bag) {
    if (feature.startsWith('g:') || feature.startsWith('b:')) continue
    const counts = new Map<string, number>()
    let sum = 0
    for (const instance of instances) {
      const found = instance.bag.get(feature)
      if (found === undefined) continue
      const count = Math.min(1.5, found) * instance.weight
      counts.set(instance.answer, (counts.get(instance.answer) ?? 0) + count)
      sum += count
    }
    if (sum === 0) continue
    features += 1
    const general = (sum + 0.3) / (all + 1)
    for (const { label } of evidence) {
      const total = totals.get(label.value)
      // Nothing is known of a label without demos: neither for nor against.
      if (total === undefined) continue
      const own = ((counts.get(label.value) ?? 0) + 2 * general) / (total + 2)
      ratios.set(label.value, (ratios.get(label.value) ?? 0) + weight * Math.log(own / general))
    }
  }
  if (features === 0) return
  for (const one of evidence) one.score += (1.1 * (ratios.get(one.label.value) ?? 0)) / Math.sqrt(1 + features / 3)
}

function evidenceWords(text: string, features: ReadonlyMap<string, number>): string[] {
  const found = new Map<string, number>()
  for (const word of text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []) {
    const stemmed = stem(word.toLowerCase().replace(/['’]/g, ''))
    let weight = features.get(`w:${stemmed}`) ?? 0
    for (const topic of topicsOf(stemmed)) weight += (features.get(`t:${topic}`) ?? 0) * 0.5
    if (weight > 0) found.set(word.toLowerCase(), Math.max(weight, found.get(word.toLowerCase()) ?? 0))
  }
  return [...found]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([word]) => word)
}
