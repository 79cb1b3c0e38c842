import { schoolOf, walkPlan, type SolvedProblem } from './lessons'
import type { Noise } from './noise'
import { addRules, generalScores, groupingScore, raise } from './op-hints'
import { carryOut, everyOp, plansFor, signatureOf, type Op, type Outcome } from './plans'
import { readProblem } from './quantities'
import type { Rules } from './rules'

export interface ArithmeticTask {
  readonly text: string
  readonly solved: readonly SolvedProblem[]
  /** Rules of the instructions, by operation word. */
  readonly rules: Rules
  readonly noise: Noise
  /** True after a reasoning field: several steps may be taken. Without, one. */
  readonly isCareful: boolean
  readonly isWhole: boolean
}

/**
 * Chooses an operation for each number of the problem, by a few general cue words, by rules in the instructions, and by what
 * was done with numbers in like surroundings in the demos; then carries out the likeliest plan.
 */
export function solve(task: ArithmeticTask): Outcome | undefined {
  const problem = readProblem(task.text)
  const used = problem.quantities.slice(0, 8)
  const only = used[0]
  if (only === undefined) return undefined
  if (used.length === 1) return { value: only.value, steps: [] }
  const school = schoolOf(task.solved)
  const scored = new Map<string, ReadonlyMap<Op, number>>()
  const scoresAt = (at: number, unit: string): ReadonlyMap<Op, number> => {
    const key = `${at} ${unit}`
    const known = scored.get(key)
    if (known !== undefined) return known
    const scores = generalScores(problem, at, unit)
    const quantity = used[at]
    if (quantity !== undefined) addRules(scores, problem, quantity, task.rules)
    for (const [op, vote] of school.opVotes(problem, at, unit)) raise(scores, op, vote)
    scored.set(key, scores)
    return scores
  }
  const scores = used.map((_, at) => scoresAt(at, used[at - 1]?.unit ?? ''))
  const planVotes = school.planVotes(problem, problem.quantities.length)
  let best: { outcome: Outcome; score: number } | undefined
  for (const plan of plansFor(used, choicesOf(scores))) {
    if (!task.isCareful && plan.ops.filter(op => op !== 'skip').length !== 1) continue
    let score = plan.start === 0 ? 0 : -1.6
    for (const { op, at, unit } of walkPlan(plan, problem)) {
      // A single step has to leave numbers out, so that is held against it only where more steps may be taken.
      if (op !== 'skip' || task.isCareful) score += scoresAt(at, unit).get(op) ?? 0
    }
    score += groupingScore(plan, used) + (planVotes.get(signatureOf(plan)) ?? 0)
    if (best !== undefined && score + 0.6 < best.score) continue
    const outcome = carryOut(plan, used)
    if (outcome === undefined) continue
    score += plausibility(outcome.value, task.isWhole) + task.noise.jitter(signatureOf(plan))
    if (best === undefined || score > best.score) best = { outcome, score }
  }
  return best?.outcome
}

/** The likelier operations of each number; fewer the more numbers there are, since plans multiply. */
function choicesOf(scores: readonly ReadonlyMap<Op, number>[]): Op[][] {
  const width = scores.length <= 3 ? 9 : scores.length === 4 ? 6 : scores.length === 5 ? 4 : scores.length === 6 ? 3 : 2
  return scores.map(one => [...everyOp].sort((a, b) => (one.get(b) ?? 0) - (one.get(a) ?? 0)).slice(0, width))
}

function plausibility(value: number, isWhole: boolean): number {
  if (value <= 0) return -2
  if (isWhole && !Number.isInteger(value)) return -2
  return Math.abs(value * 100 - Math.round(value * 100)) > 0.001 ? -1 : 0
}
