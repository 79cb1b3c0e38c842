import { bagOf, type Bag } from './bag'
import type { DemoIndex } from './demo-index'
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
  /** True after a reasoning field: evidence is weighed against every label, feature by feature, not only matched. */
  readonly isCareful: boolean
}

/**
 * Scores every label, best first. A quick look matches: the label's name, its rules, the nearest demos. A careful one also
 * weighs: it counts name, rules and demos together as what the label is known to look like, and asks of each feature of the
 * text how much likelier it is under this label than under the others (naive Bayes with the name as a pseudo-demo).
 */
export function classify(task: ClassifyTask): readonly Choice[] {
  const bag = bagOf(task.text)
  const similarity = task.demos.similarity(bag, task.isCareful ? 'meaning' : 'surface')
  const looks = task.labels.map(label => lookOf(label, bag, task, similarity))
  creditUnseen(looks)
  const weighed = task.isCareful ? weigh(looks, bag, task) : looks.map(() => noWeights)
  return looks
    .map((look, at) => {
      const features = weighed[at] ?? noWeights
      const matched = look.label.credit + look.name + look.rules + (look.demos ?? look.unseen)
      const score = (task.isCareful ? 0.6 * matched + sum(features) : matched) + task.noise.jitter(look.label.value)
      return {
        value: look.label.value,
        score,
        words: evidenceWords(task.text, task.isCareful ? features : look.features),
        ...(look.nearest === undefined ? {} : { nearest: look.nearest }),
      }
    })
    .sort((a, b) => b.score - a.score)
}

const noWeights: ReadonlyMap<string, number> = new Map()

function sum(features: ReadonlyMap<string, number>): number {
  let total = 0
  for (const value of features.values()) total += value
  return total
}

interface Look {
  readonly label: Label
  readonly name: number
  readonly rules: number
  /** What the demos of this label add; undefined when it has none. */
  readonly demos: number | undefined
  unseen: number
  readonly features: ReadonlyMap<string, number>
  readonly nearest?: string
}

function lookOf(label: Label, bag: Bag, task: ClassifyTask, similarity: readonly number[]): Look {
  const features = new Map<string, number>()
  const match = (feature: string, weight: number): number => {
    const found = bag.get(feature)
    if (found === undefined) return 0
    if (weight > 0) features.set(feature, (features.get(feature) ?? 0) + weight * found)
    return weight * found
  }
  let name = 0
  for (const [feature, weight] of nameFeatures(label)) name += match(feature, feature.startsWith('t:') ? weight * 0.4 : weight)
  let rules = 0
  for (const [feature, weight] of task.rules.get(label.value) ?? [])
    rules += match(feature, feature.startsWith('t:') ? weight * 0.6 : weight)
  let best = 0
  let second = 0
  let nearest: string | undefined
  let hasDemos = false
  task.demos.instances.forEach((instance, at) => {
    if (instance.answer !== label.value) return
    hasDemos = true
    const alike = (similarity[at] ?? 0) * instance.weight
    if (alike > best) {
      second = best
      best = alike
      nearest = instance.text
    } else if (alike > second) second = alike
  })
  const demos = hasDemos ? 2.2 * (best + 0.5 * second) : undefined
  return {
    label,
    name: 1.1 * saturate(name),
    rules: 1.5 * saturate(rules),
    demos,
    unseen: 0,
    features,
    ...(nearest === undefined ? {} : { nearest }),
  }
}

function nameFeatures(label: Label): Map<string, number> {
  const features = new Map<string, number>()
  for (const word of nameWords(label.name)) {
    const stemmed = stem(word)
    features.set(`w:${stemmed}`, 1)
    for (const topic of topicsOf(stemmed)) features.set(`t:${topic}`, 1)
  }
  return features
}

function saturate(value: number): number {
  return value <= 0 ? value * 0.5 : value / (1 + value / 4)
}

/** A label without demos may be as like the text as those with: it gets most of what they get on average, or few demos would do harm. */
function creditUnseen(looks: readonly Look[]): void {
  const seen = looks.flatMap(look => (look.demos === undefined ? [] : [look.demos]))
  if (seen.length === 0) return
  const mean = seen.reduce((total, one) => total + one, 0) / seen.length
  for (const look of looks) look.unseen = 0.8 * mean
}

/** Demos' worth of evidence that a label's name, and its rules, count for. */
const nameMass = 4
const ruleMass = 6
const smoothing = 4
const kindWeights: Readonly<Record<string, number>> = { w: 1, t: 1.5, f: 0.6, b: 0.3, g: 0.1 }

/** For each label, what each feature of the text adds to its log-likelihood over the average label's. */
function weigh(looks: readonly Look[], bag: Bag, task: ClassifyTask): ReadonlyMap<string, number>[] {
  const masses = new Map<string, number>()
  for (const { label } of looks) masses.set(label.value, nameMass + ((task.rules.get(label.value)?.size ?? 0) > 0 ? ruleMass : 0))
  for (const instance of task.demos.instances) masses.set(instance.answer, (masses.get(instance.answer) ?? 0) + instance.weight)
  const names = looks.map(({ label }) => nameFeatures(label))
  const result = looks.map(() => new Map<string, number>())
  let heard = 0
  for (const [feature, weight] of bag) {
    const counts = new Map<string, number>()
    let total = 0
    const count = (label: string, amount: number): void => {
      counts.set(label, (counts.get(label) ?? 0) + amount)
      total += amount
    }
    looks.forEach(({ label }, at) => {
      const named = names[at]?.get(feature)
      if (named !== undefined) count(label.value, nameMass * named)
      const ruled = task.rules.get(label.value)?.get(feature)
      if (ruled !== undefined) count(label.value, Math.max(-0.5, ruleMass * ruled))
    })
    for (const instance of task.demos.instances) {
      const found = instance.bag.get(feature)
      if (found !== undefined) count(instance.answer, Math.min(1.3, found > 0.3 ? found : found * 3) * instance.weight)
    }
    if (total <= 0) continue
    const general =
      looks.reduce(
        (sumRates, { label }) => sumRates + ((counts.get(label.value) ?? 0) + 0.05) / ((masses.get(label.value) ?? 0) + 0.5),
        0,
      ) / looks.length
    // What one demo alone has is mostly chance.
    const reliability = total / (total + 10)
    const kind = kindWeights[feature.charAt(0)] ?? 0
    const strength = kind * Math.min(1, weight + 0.3) * task.demos.idf(feature) ** 0.7 * reliability
    heard += strength
    looks.forEach(({ label }, at) => {
      const rate = ((counts.get(label.value) ?? 0) + smoothing * general) / ((masses.get(label.value) ?? 0) + smoothing)
      result[at]?.set(feature, strength * Math.max(-0.35, Math.log(Math.max(rate, general * 0.1) / general)))
    })
  }
  const scale = 1 / (1 + heard / 12)
  for (const features of result) for (const [feature, value] of features) features.set(feature, value * scale)
  return result
}

function evidenceWords(text: string, features: ReadonlyMap<string, number>): string[] {
  const found = new Map<string, number>()
  for (const word of text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []) {
    const stemmed = stem(word.toLowerCase().replace(/['’]/g, ''))
    let weight = features.get(`w:${stemmed}`) ?? 0
    for (const topic of topicsOf(stemmed)) weight += (features.get(`t:${topic}`) ?? 0) * 0.5
    if (weight > 0.05) found.set(word.toLowerCase(), Math.max(weight, found.get(word.toLowerCase()) ?? 0))
  }
  return [...found]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([word]) => word)
}
