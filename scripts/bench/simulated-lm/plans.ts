import type { Operation } from './knowledge'

/** A way to combine the numbers of a text, in the order they stand there. */
export interface Plan {
  readonly operations: readonly Operation[]
  readonly value: (numbers: readonly number[]) => number
  readonly text: (numbers: readonly number[]) => string
}

/** Every plan for so many numbers; at most four are combined. */
export function plansFor(count: number): readonly Plan[] {
  return all[Math.min(count, 4)] ?? []
}

type Join = { readonly operation: Operation; readonly sign: string; readonly isSwapped: boolean }
const joins: readonly Join[] = [
  { operation: 'add', sign: '+', isSwapped: false },
  { operation: 'subtract', sign: '-', isSwapped: false },
  { operation: 'subtract', sign: '-', isSwapped: true },
  { operation: 'multiply', sign: '*', isSwapped: false },
  { operation: 'divide', sign: '/', isSwapped: false },
  { operation: 'divide', sign: '/', isSwapped: true },
]

const number = (at: number): Plan => ({
  operations: [],
  value: numbers => numbers[at] ?? 0,
  text: numbers => String(numbers[at] ?? 0),
})

function joined(a: Plan, b: Plan, { operation, sign, isSwapped }: Join): Plan {
  const [left, right] = isSwapped ? [b, a] : [a, b]
  return {
    operations: [...a.operations, ...b.operations, operation],
    value: numbers => calculate(sign, left.value(numbers), right.value(numbers)),
    text: numbers => `(${left.text(numbers)} ${sign} ${right.text(numbers)})`,
  }
}

function calculate(sign: string, a: number, b: number): number {
  if (sign === '+') return a + b
  if (sign === '-') return a - b
  return sign === '*' ? a * b : a / b
}

/** A price and a share of it in percent: taken off, put on, or the share itself. */
const shares: readonly Plan[] = [
  {
    operations: ['multiply', 'subtract'],
    value: ([a = 0, b = 0]) => a * (1 - b / 100),
    text: ([a = 0, b = 0]) => `(${a} - ${b} percent of ${a})`,
  },
  {
    operations: ['multiply', 'add'],
    value: ([a = 0, b = 0]) => a * (1 + b / 100),
    text: ([a = 0, b = 0]) => `(${a} + ${b} percent of ${a})`,
  },
  { operations: ['multiply', 'divide'], value: ([a = 0, b = 0]) => (a * b) / 100, text: ([a = 0, b = 0]) => `(${b} percent of ${a})` },
]

const pairs = (a: Plan, b: Plan) => joins.map(join => joined(a, b, join))
const [a, b, c, d] = [number(0), number(1), number(2), number(3)]
const plain = (plans: readonly Plan[]) => plans.filter(({ operations }) => !operations.includes('divide'))
const all: readonly (readonly Plan[])[] = [
  [],
  [a],
  [...pairs(a, b), ...shares],
  [
    ...pairs(a, b).flatMap(left => pairs(left, c)),
    ...pairs(b, c).flatMap(right => pairs(a, right)),
    ...pairs(a, c).flatMap(left => pairs(left, b)),
  ],
  [
    ...plain(pairs(a, b)).flatMap(left => plain(pairs(c, d)).flatMap(right => pairs(left, right))),
    ...plain(pairs(a, b)).flatMap(left => plain(pairs(left, c)).flatMap(three => pairs(three, d))),
  ],
]

export function numbersIn(text: string): readonly number[] {
  return [...text.matchAll(/\d[\d,]*(?:\.\d+)?/g)].map(([digits]) => Number(digits.replaceAll(',', '')))
}
