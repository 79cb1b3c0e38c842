import type { Op, Plan } from './plans'
import type { Quantity, WordProblem } from './quantities'
import type { Rules } from './rules'
import { isStopWord } from './words'

/** Labels under which `readRules` finds what instructions say about operations ("subtract: left over, spent"). */
export const operationWords: readonly string[] = ['add', 'subtract', 'multiply', 'divide']

/**
 * What general English says about a number's role, before any demo: like is added to like, "each" and "per" multiply, "left"
 * subtracts. A short list on purpose: turns of phrase beyond it have to be learnt from the prompt.
 */
export function generalScores(problem: WordProblem, at: number, unit: string): Map<Op, number> {
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
    raise(scores, 'off', near('off', 'less') ? 5 : 2)
    raise(scores, 'up', near('more') ? 5 : 2)
    raise(scores, 'add', -3)
    raise(scores, 'subtract', -3)
    return scores
  }
  if (before.kind === 'percent') raise(scores, 'multiply', 1.2)
  if (quantity.kind === 'factor') raise(scores, 'multiply', 2)
  else likeToLike(scores, relationOf(unit, quantity))
  if (near('each', 'every', 'per') || (at === 1 && ['each', 'every', 'per'].some(one => before.cues.has(one)))) {
    raise(scores, 'multiply', 0.9)
  }
  if (near('equal', 'share', 'split', 'shar') || asked('equal')) raise(scores, 'divide', 1.4)
  if (asked('left', 'remain')) raise(scores, 'subtract', 0.7)
  if (near('gave', 'lost', 'ate')) raise(scores, 'subtract', 0.9)
  if (near('more', 'another')) raise(scores, 'add', 0.6)
  if (asked('total', 'altogether')) raise(scores, 'add', 0.4)
  if (asked('more', 'fewer') && problem.quantities.length === 2) raise(scores, 'subtract', 0.8)
  if (near('less', 'fewer') && near('than')) raise(scores, 'subtract', 1.2)
  return scores
}

export type UnitRelation = 'same' | 'other' | 'unsaid'

/** How a number's unit stands to the unit of the result so far. A number without a noun mostly counts the same thing. */
export function relationOf(unit: string, quantity: Quantity): UnitRelation {
  return quantity.unit === '' || unit === '' ? 'unsaid' : quantity.unit === unit ? 'same' : 'other'
}

/** The unit of the result after a further step. */
export function unitAfter(unit: string, op: Op, quantity: Quantity, asked: string): string {
  switch (op) {
    case 'add':
    case 'subtract':
    case 'less-from':
      return unit === '' ? quantity.unit : unit
    case 'multiply':
      if (quantity.kind !== 'plain' || quantity.unit === '') return unit
      if (unit === asked || quantity.unit === asked) return asked
      return unit === '$' || quantity.unit === '$' ? '$' : quantity.unit
    case 'divide':
      return quantity.unit === unit && unit !== '' ? '' : unit
    case 'divide-into':
      return quantity.unit === unit && unit !== '' ? '' : quantity.unit
    case 'off':
    case 'up':
    case 'skip':
      return unit
  }
}

function likeToLike(scores: Map<Op, number>, relation: UnitRelation): void {
  if (relation === 'same') raise(scores, 'multiply', -0.9)
  else if (relation === 'unsaid') raise(scores, 'multiply', -0.2)
  else if (relation === 'other') {
    raise(scores, 'add', -0.7)
    raise(scores, 'subtract', -0.6)
    raise(scores, 'multiply', 0.3)
  }
}

/** Adds what the instructions say: a word of a rule near the number, or in the question, speaks for the rule's operation. */
export function addRules(scores: Map<Op, number>, problem: WordProblem, quantity: Quantity, rules: Rules): void {
  for (const op of ['add', 'subtract', 'multiply', 'divide'] as const) {
    for (const [feature, weight] of rules.get(op) ?? []) {
      const isWord = feature.startsWith('w:')
      const name = isWord ? feature.slice(2) : feature
      if (isStopWord(name)) continue
      if (quantity.cues.has(name) || problem.question.has(name)) raise(scores, op, weight * (isWord ? 1.6 : 0.4))
    }
  }
}

/** Products of numbers that stand together are likelier to be worked out first. */
export function groupingScore(plan: Plan, quantities: readonly Quantity[]): number {
  if (!plan.isGrouped) return 0
  let score = -0.25
  plan.ops.forEach((op, at) => {
    const here = quantities[plan.start + 1 + at]
    const before = quantities[plan.start + at]
    if ((op === 'multiply' || op === 'divide') && plan.ops[at - 1] !== undefined && here?.sentence === before?.sentence) score += 0.6
  })
  return score
}

export function raise(scores: Map<Op, number>, op: Op, by: number): void {
  scores.set(op, (scores.get(op) ?? 0) + by)
}
