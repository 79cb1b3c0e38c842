import { wobble } from './chance'
import { operationNames, operationWords, operations, type Operation } from './knowledge'
import { lengthOf, meaningOf, nearness, understood, wordsOf, type Meaning } from './meaning'
import { numbersIn, plansFor, type Plan } from './plans'
import { stems } from './words'

/** Share of the mistakes that lies in reading the problem; the rest are slips of the answer. */
const misreading = 0.8

export interface Solution {
  readonly value: number
  readonly working: string
}

export interface NumberTask {
  readonly text: string
  readonly demos: readonly { readonly text: string; readonly answer: number; readonly reasoning: string }[]
  readonly instructions: string
  readonly isReasoned: boolean
  readonly error: number
  readonly model: string
  readonly moving: string
}

/** Picks the plan of calculation that words, rules and the most alike demos speak for, and follows it. */
export function solve({ text, demos, instructions, isReasoned, error, model, moving }: NumberTask): Solution {
  const numbers = numbersIn(text)
  const plans = plansFor(numbers.length)
  if (plans.length === 0) return { value: numbers[0] ?? 0, working: 'There is nothing to calculate.' }
  const meaning = understood(text, model, misreading * error)
  const signs = signsOf(wordsOf(text), meaning, operationRules(instructions))
  const votes = new Map<number, number>()
  for (const demo of demos.filter(one => numbersIn(one.text).length === numbers.length)) {
    const alike = Math.max(0, nearness(meaning, meaningOf(wordsOf(demo.text))))
    const fitting = plansBehind(demo)
    for (const index of fitting) votes.set(index, Math.max(votes.get(index) ?? 0, alike / fitting.length ** 0.5))
  }
  const hasPercent = /%|percent/.test(text)
  const scored = plans.map((plan, index) => {
    const value = plan.value(numbers)
    const supported = plan.operations.reduce((sum, operation) => sum + (signs.get(operation) ?? 0) - 0.3, 0)
    const spread = new Set(plan.operations).size === plan.operations.length ? 0.1 : 0
    const looks = (value > 0 ? 0.25 : -0.4) + (Number.isInteger(Math.round(value * 1e6) / 1e6) ? 0.15 : -0.15)
    const isShare = plan.operations.length === numbers.length
    const percent = isShare === hasPercent ? 0 : -0.6
    const hard = !isReasoned && plan.operations.length > 1 ? 1.6 : 1
    const slip = error * hard * wobble(moving, index)
    return { plan, value, score: supported + spread + looks + percent + 1.6 * (votes.get(index) ?? 0) + slip }
  })
  const best = scored.reduce((top, one) => (one.score > top.score + 1e-9 ? one : top))
  return { value: tidy(best.value), working: `${best.plan.text(numbers)} = ${tidy(best.value)}` }
}

/** Which plans explain a solved problem; written-out working tells the one that is meant. */
export function plansBehind(demo: { readonly text: string; readonly answer: number; readonly reasoning: string }): readonly number[] {
  const numbers = numbersIn(demo.text)
  const fitting = plansFor(numbers.length).flatMap((plan, index) =>
    Math.abs(plan.value(numbers) - demo.answer) < 0.01 ? [{ plan, index }] : [],
  )
  const worked = fitting.filter(({ plan }) => demo.reasoning.includes(plan.text(numbers)))
  return (worked.length > 0 ? worked : fitting).map(({ index }) => index)
}

export function planBehind(text: string, answer: number): Plan | undefined {
  const [index] = plansBehind({ text, answer, reasoning: '' })
  return index === undefined ? undefined : plansFor(numbersIn(text).length)[index]
}

/** How strongly the words of a text ask for each operation: what the model knows, and what the rules say. */
function signsOf(
  words: readonly string[],
  meaning: Meaning,
  rules: ReadonlyMap<Operation, ReadonlySet<string>>,
): ReadonlyMap<Operation, number> {
  return new Map(
    operations.map(operation => {
      const known = stems(operationWords[operation]).filter(word => words.includes(word)).length
      const ruled = meaningOf([...(rules.get(operation) ?? [])])
      return [operation, Math.min(1, 0.45 * known) + (lengthOf(ruled) > 0 ? 1.2 * Math.max(0, nearness(meaning, ruled)) : 0)]
    }),
  )
}

/** Statements that name one operation: words in quotes or backticks, or after a colon, ask for it. */
function operationRules(instructions: string): ReadonlyMap<Operation, ReadonlySet<string>> {
  const rules = new Map<Operation, Set<string>>()
  for (const statement of instructions.split(/\n+|(?<=[.;!?])\s+/)) {
    const named = operations.filter(operation => operationNames[operation].test(statement))
    const [operation, ...others] = named
    if (operation === undefined || others.length > 0) continue
    const words = [...statement.matchAll(/["'`]([\w ]+)["'`]/g)].flatMap(([, quoted = '']) => stems(quoted))
    const own = rules.get(operation) ?? new Set()
    for (const word of words) own.add(word)
    rules.set(operation, own)
  }
  return rules
}

function tidy(value: number): number {
  return Number.isFinite(value) ? Math.round(value * 1e4) / 1e4 : 0
}
