import { boundedCache } from '@/lib/bounded-cache'
import { generalScores, groupingScore, relationOf, unitAfter } from './op-hints'
import { carryOut, everyOp, plansFor, signatureOf, type Op, type Plan } from './plans'
import { readProblem, type WordProblem } from './quantities'
import { teach, type Features, type TaughtInstance } from './softmax'
import { isStopWord } from './words'

/** A solved problem of the prompt: its text, the number it came to, and the working where the demo shows one. */
export interface SolvedProblem {
  readonly text: string
  readonly answer: number
  readonly working?: string
}

/** What the demos of a prompt teach about operations. */
export interface School {
  /** How much likelier each operation is for a number in these surroundings than in general; empty without demos. */
  opVotes(problem: WordProblem, at: number, unit: string): ReadonlyMap<Op, number>
  /** Votes for whole plans, by signature, from problems that read alike. */
  planVotes(problem: WordProblem, count: number): ReadonlyMap<string, number>
}

export function schoolOf(solved: readonly SolvedProblem[]): School {
  return schools.of(solved.map(keyOf).join('\u0001'), () => makeSchool(solved))
}

const schools = boundedCache<School>(64)
const lessonCache = boundedCache<Lesson | undefined>(2048)

function keyOf(one: SolvedProblem): string {
  return `${one.text}\u0000${one.answer}\u0000${one.working ?? ''}`
}

function makeSchool(solved: readonly SolvedProblem[]): School {
  const lessons = solved.map(one => lessonCache.of(keyOf(one), () => lessonOf(one))).filter(lesson => lesson !== undefined)
  const instances = lessons.flatMap(lesson => lesson.instances.map(instance => ({ ...instance, weight: lesson.weight })))
  if (instances.length === 0) return { opVotes: () => noVotes, planVotes: () => new Map() }
  const taught = teach(everyOp, instances, { epochs: 60, rate: 1, decay: 0.01 })
  return {
    opVotes: (problem, at, unit) => taught(contextOf(problem, at, unit)),
    planVotes(problem, count) {
      const votes = new Map<string, number>()
      const own = wholeOf(problem)
      for (const lesson of lessons) {
        if (lesson.count !== count) continue
        votes.set(lesson.signature, Math.max(votes.get(lesson.signature) ?? 0, 2 * cosine(own, lesson.whole) ** 2 * lesson.weight))
      }
      return votes
    },
  }
}

const noVotes: ReadonlyMap<Op, number> = new Map()

interface Lesson {
  readonly instances: readonly Omit<TaughtInstance<Op>, 'weight'>[]
  readonly signature: string
  readonly count: number
  readonly whole: Features
  /** 1 when the demo's working shows the operations; less when they had to be guessed from the answer. */
  readonly weight: number
}

/** What a solved demo teaches: the plan whose result is its answer, best one confirmed by the results its working shows. */
function lessonOf({ text, answer, working = '' }: SolvedProblem): Lesson | undefined {
  const problem = readProblem(text)
  const quantities = problem.quantities.slice(0, 5)
  if (quantities.length < 2 || !Number.isFinite(answer)) return undefined
  const shown = new Set(
    [...working.replace(/(\d),(?=\d{3})/g, '$1').matchAll(/=\s*(?:[$€£]\s*)?(-?\d+(?:\.\d+)?)/g)].map(match => Number(match[1])),
  )
  let best: { plan: Plan; score: number; isConfirmed: boolean } | undefined
  for (const plan of plansFor(
    quantities,
    quantities.map(() => everyOp),
  )) {
    const outcome = carryOut(plan, quantities)
    if (outcome === undefined || Math.abs(outcome.value - answer) > 0.006) continue
    let score = (plan.start === 0 ? 0 : -1) + groupingScore(plan, quantities)
    for (const { op, at, unit } of walkPlan(plan, problem))
      score += (generalScores(problem, at, unit).get(op) ?? 0) - (op === 'skip' ? 1 : 0)
    const isConfirmed = shown.size > 0 && outcome.steps.every(step => shown.has(step.result))
    if (isConfirmed) score += 6
    if (best === undefined || score > best.score) best = { plan, score, isConfirmed }
  }
  if (best === undefined) return undefined
  // With many numbers some plan hits the answer by chance: unless the working bears it out, it teaches nothing.
  if (!best.isConfirmed && (shown.size > 0 || quantities.length > 4)) return undefined
  const { plan } = best
  return {
    instances: walkPlan(plan, problem).map(({ op, at, unit }) => ({
      features: contextOf(problem, at, unit),
      answer: op,
      prior: generalScores(problem, at, unit),
    })),
    signature: signatureOf(plan),
    count: problem.quantities.length,
    whole: wholeOf(problem),
    weight: best.isConfirmed ? 1.15 : 0.8,
  }
}

function wholeOf(problem: WordProblem): Features {
  const whole = new Map<string, number>()
  problem.quantities.forEach((_, at) => {
    for (const [feature, weight] of contextOf(problem, at, problem.quantities[at - 1]?.unit ?? '')) whole.set(feature, weight)
  })
  return whole
}

/** The steps of a plan with the unit of the result before each. */
export function walkPlan(plan: Plan, problem: WordProblem): { op: Op; at: number; unit: string }[] {
  let unit = problem.quantities[plan.start]?.unit ?? ''
  return plan.ops.map((op, index) => {
    const at = plan.start + 1 + index
    const step = { op, at, unit }
    const quantity = problem.quantities[at]
    if (quantity !== undefined)
      unit = plan.isGrouped && (op === 'add' || op === 'subtract') ? quantity.unit : unitAfter(unit, op, quantity, problem.askedUnit)
    return step
  })
}

const contexts = new WeakMap<WordProblem, Map<string, Features>>()

/** A number's surroundings as features: words beside it, what it counts, what is asked. */
function contextOf(problem: WordProblem, at: number, unit: string): Features {
  let known = contexts.get(problem)
  if (known === undefined) contexts.set(problem, (known = new Map()))
  const key = `${at} ${unit}`
  const found = known.get(key)
  if (found !== undefined) return found
  const context = new Map<string, number>()
  const quantity = problem.quantities[at]
  const before = problem.quantities[at - 1]
  if (quantity !== undefined) {
    for (const cue of quantity.cues) context.set(cue, cue.startsWith('t:') ? 1.4 : isStopWord(cue.replace(/^[<>]/, '')) ? 0.4 : 0.6)
    context.set('any', 0.7)
    context.set(`kind ${quantity.kind}`, quantity.kind === 'plain' ? 0.3 : 1.5)
    context.set(`place ${at}`, 0.3)
    context.set(`unit ${relationOf(unit, quantity)}`, 1)
    context.set(`asked here ${relation(quantity.unit, problem.askedUnit)}`, 0.8)
    context.set(`asked so far ${relation(unit, problem.askedUnit)} ${relationOf(unit, quantity)}`, 0.9)
    context.set(`units ${quantity.unit === '$' ? '$' : 'n'} ${unit === '$' ? '$' : 'n'} ${problem.askedUnit === '$' ? '$' : 'n'}`, 0.7)
    if (before !== undefined) {
      context.set(`bigger ${before.value >= quantity.value}`, 0.5)
      for (const cue of ['each', 'every', 'per', 'hold', 'cost']) if (before.cues.has(cue)) context.set(`before ${cue}`, 1)
    }
    for (const word of problem.question) context.set(`q ${word}`, word.startsWith('t:') ? 1 : isStopWord(word) ? 0.3 : 0.6)
  }
  known.set(key, context)
  return context
}

function relation(unit: string, other: string): string {
  return unit === '' || other === '' ? 'unknown' : unit === other ? 'same' : 'other'
}

function cosine(a: Features, b: Features): number {
  let dot = 0
  let normA = 0
  let normB = 0
  for (const [feature, weight] of a) {
    normA += weight * weight
    dot += weight * (b.get(feature) ?? 0)
  }
  for (const weight of b.values()) normB += weight * weight
  return dot / Math.sqrt(normA * normB || 1)
}
