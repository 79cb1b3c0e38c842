import type { Quantity } from './quantities'

/** What is done with a quantity, given the result so far: `less-from` is the quantity minus the result, `off` takes a share away. */
export type Op = 'add' | 'subtract' | 'less-from' | 'multiply' | 'divide' | 'divide-into' | 'off' | 'up' | 'skip'

/** A way to an answer: one op for each quantity after the first used. `grouped`: products before sums. */
export interface Plan {
  readonly start: number
  readonly ops: readonly Op[]
  readonly isGrouped: boolean
}

export interface Step {
  readonly text: string
  readonly result: number
}

export interface Outcome {
  readonly value: number
  readonly steps: readonly Step[]
}

export const everyOp: readonly Op[] = ['add', 'subtract', 'multiply', 'divide', 'less-from', 'divide-into', 'off', 'up', 'skip']

/** All plans over the quantities whose ops are among `choices` (one list per quantity; the first entry is not used). */
export function plansFor(quantities: readonly Quantity[], choices: readonly (readonly Op[])[]): Plan[] {
  const plans: Plan[] = []
  const n = quantities.length
  for (let start = 0; start < Math.min(n, 2); start += 1) {
    const walk = (at: number, ops: Op[]): void => {
      if (at === n) {
        if (n > 1 && ops.every(op => op === 'skip')) return
        plans.push({ start, ops: [...ops], isGrouped: false })
        if (canGroup(ops)) plans.push({ start, ops: [...ops], isGrouped: true })
        return
      }
      for (const op of choices[at] ?? everyOp) {
        ops.push(op)
        walk(at + 1, ops)
        ops.pop()
      }
    }
    walk(start + 1, [])
  }
  return plans
}

export function signatureOf(plan: Plan): string {
  return `${plan.start}${plan.isGrouped ? 'g' : ''} ${plan.ops.join(' ')}`
}

/** Grouping changes the result only where a product or quotient follows a sum or difference. */
function canGroup(ops: readonly Op[]): boolean {
  let hasSum = false
  for (const op of ops) {
    if (op === 'add' || op === 'subtract') hasSum = true
    else if ((op === 'multiply' || op === 'divide') && hasSum) return true
    else if (op !== 'skip' && op !== 'multiply' && op !== 'divide') return false
  }
  return false
}

/** Carries a plan out; undefined where it divides by zero or leaves the finite numbers. */
export function carryOut(plan: Plan, quantities: readonly Quantity[]): Outcome | undefined {
  const first = quantities[plan.start]
  if (first === undefined) return undefined
  const steps: Step[] = []
  const pending: { op: 'add' | 'subtract'; left: number }[] = []
  let value = first.value
  for (let at = 0; at < plan.ops.length; at += 1) {
    const op = plan.ops[at]
    const quantity = quantities[plan.start + 1 + at]
    if (op === undefined || quantity === undefined || op === 'skip') continue
    if (plan.isGrouped && (op === 'add' || op === 'subtract')) {
      pending.push({ op, left: value })
      value = quantity.value
      continue
    }
    const step = apply(op, value, quantity.value)
    if (step === undefined) return undefined
    steps.push(step)
    value = step.result
  }
  if (pending.length > 0) {
    // Sums are taken from the left, over the products worked out on the way.
    const right = [...pending.slice(1).map(one => one.left), value]
    let total = pending[0]?.left ?? 0
    pending.forEach((one, at) => {
      const step = apply(one.op, total, right[at] ?? 0)
      if (step === undefined) return
      steps.push(step)
      total = step.result
    })
    value = total
  }
  return Number.isFinite(value) ? { value: tidy(value), steps } : undefined
}

function apply(op: Op, left: number, right: number): Step | undefined {
  switch (op) {
    case 'add':
      return step(left, '+', right, left + right)
    case 'subtract':
      return step(left, '-', right, left - right)
    case 'less-from':
      return step(right, '-', left, right - left)
    case 'multiply':
      return step(left, '*', right, left * right)
    case 'divide':
      return right === 0 ? undefined : step(left, '/', right, left / right)
    case 'divide-into':
      return left === 0 ? undefined : step(right, '/', left, right / left)
    case 'off':
      return right >= 1 ? undefined : step(left, '*', 1 - right, left * (1 - right))
    case 'up':
      return step(left, '*', 1 + right, left * (1 + right))
    case 'skip':
      return step(left, '+', 0, left)
  }
}

function step(left: number, sign: string, right: number, result: number): Step {
  return { text: `${showNumber(left)} ${sign} ${showNumber(right)} = ${showNumber(result)}`, result: tidy(result) }
}

export function showNumber(value: number): string {
  return String(tidy(value))
}

function tidy(value: number): number {
  return Math.round(value * 10000) / 10000
}
