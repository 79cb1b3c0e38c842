import { boundedCache } from './bounded-cache'
import type { Noise } from './noise'
import { carryOut, everyOp, plansFor, type Op, type Outcome, type Plan } from './plans'
import { readProblem, type Quantity, type WordProblem } from './quantities'
import type { Rules } from './rules'
import { words, stem } from './words'

/** A solved problem of the prompt: its text, the number it came to, and the working where the demo shows one. */
export interface SolvedProblem {
  readonly text: string
  readonly answer: number
  readonly working?: string
}

export interface ArithmeticTask {
  readonly text: string
  readonly solved: readonly SolvedProblem[]
  /** Rules of the instructions, by operation word: `subtract: "left over", spent`. */
  readonly rules: Rules
  readonly noise: Noise
  /** True after a reasoning field: several steps may be taken. Without, one. */
  readonly isCareful: boolean
  readonly isWhole: boolean
}

/** Labels under which `readRules` finds what instructions say about operations. */
export const operationWords: readonly string[] = ['add', 'subtract', 'multiply', 'divide']

/**
 * Chooses an operation for each number of the problem, by a few general cue words, by rules in the instructions, and by what
 * was done with numbers in like surroundings in the demos; then carries out the likeliest plan.
 */
export function solve(task: ArithmeticTask): Outcome | undefined {
  const problem = readProblem(task.text)
  const { quantities } = problem
  if (quantities.length === 0) return undefined
  if (quantities.length === 1) return { value: quantities[0]?.value ?? 0, steps: [] }
  const used = quantities.slice(0, 8)
  const lessons = task.solved
    .map(one => lessonCache.of(`${one.text}\u0000${one.answer}\u0000${one.working ?? ''}`, () => lessonOf(one)))
    .filter(lesson => lesson !== undefined)
  const scores = used.map((_, at) => (at === 0 ? noScores : opScores(problem, at, task, lessons)))
  const width = used.length <= 3 ? 9 : used.length === 4 ? 6 : used.length === 5 ? 4 : used.length === 6 ? 3 : 2
  const choices = scores.map(one => [...everyOp].sort((a, b) => (one.get(b) ?? 0) - (one.get(a) ?? 0)).slice(0, width))
  const likeLessons = likePlans(problem, used.length, lessons)
  let best: { outcome: Outcome; score: number } | undefined
  for (const plan of plansFor(used, choices)) {
    const taken = plan.ops.filter(op => op !== 'skip').length
    if (!task.isCareful && taken !== 1) continue
    let score = plan.start === 0 ? 0 : -1.6
    plan.ops.forEach((op, at) => {
      if (op !== 'skip' || task.isCareful) score += scores[plan.start + 1 + at]?.get(op) ?? 0
    })
    if (!task.isCareful) score *= 1.5
    score += groupingScore(plan, used) + (likeLessons.get(signatureOf(plan)) ?? 0)
    if (best !== undefined && score + 0.1 < best.score) continue
    const outcome = carryOut(plan, used)
    if (outcome === undefined) continue
    if (outcome.value < 0) score -= 2
    if (task.isWhole && !Number.isInteger(outcome.value)) score -= 2
    else if (!Number.isInteger(Math.round(outcome.value * 100000) / 1000)) score -= 0.8
    score += task.noise.jitter(signatureOf(plan))
    if (best === undefined || score > best.score) best = { outcome, score }
  }
  return best?.outcome
}

const noScores: ReadonlyMap<Op, number> = new Map()

function signatureOf(plan: Plan): string {
  return `${plan.start}${plan.isGrouped ? 'g' : ''} ${plan.ops.join(' ')}`
}

function opScores(problem: WordProblem, at: number, task: ArithmeticTask, lessons: readonly Lesson[]): ReadonlyMap<Op, number> {
  const scores = generalScores(problem, at)
  const quantity = problem.quantities[at]
  if (quantity === undefined) return scores
  for (const [label, op] of [
    ['add', 'add'],
    ['subtract', 'subtract'],
    ['multiply', 'multiply'],
    ['divide', 'divide'],
  ] as const) {
    for (const [feature, weight] of task.rules.get(label) ?? []) {
      const name = feature.startsWith('w:') ? feature.slice(2) : feature
      if (quantity.cues.has(name) || problem.question.has(name)) raise(scores, op, feature.startsWith('w:') ? weight * 1.5 : weight * 0.5)
    }
  }
  const context = contextOf(problem, at)
  const votes: { op: Op; alike: number }[] = []
  for (const lesson of lessons) {
    for (const instance of lesson.instances) {
      const alike = likeness(context, instance.context) * lesson.weight
      if (alike > 0.1) votes.push({ op: instance.op, alike })
    }
  }
  votes.sort((a, b) => b.alike - a.alike)
  votes.slice(0, 6).forEach((vote, rank) => raise(scores, vote.op, (2.6 * vote.alike ** 1.5) / (1 + rank * 0.25)))
  return scores
}

function raise(scores: Map<Op, number>, op: Op, by: number): void {
  scores.set(op, (scores.get(op) ?? 0) + by)
}

/** What general English says about a number's role, before any demo. */
function generalScores(problem: WordProblem, at: number): Map<Op, number> {
  const quantity = problem.quantities[at]
  const before = problem.quantities[at - 1]
  const scores = new Map<Op, number>([
    ['add', 0.5],
    ['subtract', 0.1],
    ['multiply', 0],
    ['divide', -0.3],
    ['less-from', -0.7],
    ['divide-into', -0.9],
    ['off', -3],
    ['up', -3],
    ['skip', -0.9],
  ])
  if (quantity === undefined || before === undefined) return scores
  const near = (...stems: string[]): boolean => stems.some(one => quantity.cues.has(one))
  const asked = (...stems: string[]): boolean => stems.some(one => problem.question.has(one))
  if (quantity.kind === 'percent') {
    raise(scores, 'multiply', 1.2)
    raise(scores, 'off', near('off', 'less', 'discount') || asked('left', 'remain') ? 5 : 2)
    raise(scores, 'up', near('increas', 'more', 'rais') ? 5 : 2)
    raise(scores, 'add', -3)
    raise(scores, 'subtract', -3)
  } else if (before.kind === 'percent' && at === 1) raise(scores, 'multiply', 1.5)
  if (quantity.kind === 'factor') raise(scores, 'multiply', 2)
  if (near('each', 'every', 'per') || (at === 1 && ['each', 'every', 'per'].some(one => before.cues.has(one))))
    raise(scores, 'multiply', 1.4)
  if (asked('each') && (near('t:sharing') || asked('t:sharing') || quantity.cues.has('equal'))) raise(scores, 'divide', 2.4)
  else if (near('t:sharing')) raise(scores, 'divide', 1.4)
  if (asked('left', 'remain', 'still') && quantity.unit !== '' && quantity.kind === 'plain') raise(scores, 'subtract', 0.9)
  if (near('gave', 'giv', 'lost', 'spent', 'ate', 'sold')) raise(scores, 'subtract', 1)
  if (near('more', 'another', 'found')) raise(scores, 'add', 0.7)
  if (asked('total', 'altogether')) raise(scores, 'add', 0.4)
  if (asked('more', 'fewer') && problem.quantities.length === 2) raise(scores, 'subtract', 1)
  if (near('less', 'fewer') && near('than')) raise(scores, 'subtract', 1.2)
  return scores
}

function groupingScore(plan: Plan, quantities: readonly Quantity[]): number {
  if (!plan.isGrouped) return 0
  let score = -0.25
  plan.ops.forEach((op, at) => {
    const here = quantities[plan.start + 1 + at]
    const before = quantities[plan.start + at]
    if ((op === 'multiply' || op === 'divide') && plan.ops[at - 1] !== undefined && here?.sentence === before?.sentence) score += 0.6
  })
  return score
}

interface Lesson {
  readonly instances: readonly { readonly context: ReadonlyMap<string, number>; readonly op: Op }[]
  readonly signature: string
  readonly count: number
  readonly whole: ReadonlyMap<string, number>
  /** 1 when the demo's working shows the operations; less when they had to be guessed from the answer. */
  readonly weight: number
}

/** What a solved demo teaches: the plan whose result is its answer, best confirmed by the results its working shows. */
function lessonOf({ text, answer: target, working = '' }: SolvedProblem): Lesson | undefined {
  const problem = readProblem(text)
  const quantities = problem.quantities.slice(0, 5)
  if (quantities.length < 2 || !Number.isFinite(target)) return undefined
  const shown = new Set(
    [...working.replace(/(\d),(?=\d{3})/g, '$1').matchAll(/=\s*[$€£]?\s*(-?\d+(?:\.\d+)?)/g)].map(match => Number(match[1])),
  )
  const general = quantities.map((_, at) => generalScores(problem, at))
  let best: { plan: Plan; score: number; confirmed: boolean } | undefined
  for (const plan of plansFor(
    quantities,
    quantities.map(() => everyOp),
  )) {
    const outcome = carryOut(plan, quantities)
    if (outcome === undefined || Math.abs(outcome.value - target) > 0.006) continue
    let score = plan.start === 0 ? 0 : -1
    plan.ops.forEach((op, at) => (score += (general[plan.start + 1 + at]?.get(op) ?? 0) - (op === 'skip' ? 1 : 0)))
    const confirmed = shown.size > 0 && outcome.steps.every(one => shown.has(one.result))
    if (confirmed) score += 6
    score += groupingScore(plan, quantities)
    if (best === undefined || score > best.score) best = { plan, score, confirmed }
  }
  if (best === undefined) return undefined
  const { plan } = best
  return {
    instances: plan.ops.map((op, at) => ({ context: contextOf(problem, plan.start + 1 + at), op })),
    signature: signatureOf(plan),
    count: problem.quantities.length,
    whole: wholeOf(problem),
    weight: best.confirmed ? 1 : 0.6,
  }
}

const lessonCache = boundedCache<Lesson | undefined>(2048)

function likePlans(problem: WordProblem, count: number, lessons: readonly Lesson[]): ReadonlyMap<string, number> {
  const votes = new Map<string, number>()
  const whole = wholeOf(problem)
  for (const lesson of lessons) {
    if (lesson.count !== count) continue
    const alike = likeness(whole, lesson.whole) * lesson.weight
    votes.set(lesson.signature, Math.max(votes.get(lesson.signature) ?? 0, 4 * alike ** 1.5))
  }
  return votes
}

function wholeOf(problem: WordProblem): ReadonlyMap<string, number> {
  const whole = new Map<string, number>()
  problem.quantities.forEach((_, at) => {
    for (const [cue, weight] of contextOf(problem, at)) whole.set(cue, weight)
  })
  return whole
}

const contexts = new WeakMap<WordProblem, Map<number, ReadonlyMap<string, number>>>()

function contextOf(problem: WordProblem, at: number): ReadonlyMap<string, number> {
  let cached = contexts.get(problem)
  if (cached === undefined) contexts.set(problem, (cached = new Map()))
  const found = cached.get(at)
  if (found !== undefined) return found
  const quantity = problem.quantities[at]
  const before = problem.quantities[at - 1]
  const context = new Map<string, number>()
  if (quantity !== undefined) {
    for (const cue of quantity.cues) context.set(cue, cue.startsWith('t:') ? 0.7 : functionStems.has(cue.replace(/^[<>]/, '')) ? 0.3 : 0.8)
    context.set(`kind ${quantity.kind}`, 1)
    context.set(`place ${at}`, 0.4)
    context.set(before?.unit === quantity.unit ? 'same unit' : 'other unit', 0.7)
    if (before !== undefined) for (const cue of ['each', 'every', 'per']) if (before.cues.has(cue)) context.set(`before ${cue}`, 1)
    for (const word of problem.question) context.set(`q ${word}`, functionStems.has(word) ? 0.25 : 0.9)
  }
  cached.set(at, context)
  return context
}

const functionStems = new Set(
  words(
    'the a an of in to and is are was were he she it they his her their for with on at has have had that this from many much how do does did there be by as',
  ).map(stem),
)

function likeness(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let dot = 0
  for (const [feature, weight] of a) {
    const other = b.get(feature)
    if (other !== undefined) dot += weight * other
  }
  return dot / (normOf(a) * normOf(b))
}

const norms = new WeakMap<ReadonlyMap<string, number>, number>()
function normOf(map: ReadonlyMap<string, number>): number {
  let norm = norms.get(map)
  if (norm === undefined) {
    norm = 0
    for (const weight of map.values()) norm += weight * weight
    norm = Math.sqrt(norm) || 1
    norms.set(map, norm)
  }
  return norm
}
