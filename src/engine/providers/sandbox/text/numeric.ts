import { solve } from './arithmetic'
import { bagOf } from './bag'
import { indexOf } from './demo-index'
import { calculationIn } from './expression'
import type { SolvedProblem } from './lessons'
import type { Noise } from './noise'
import { operationWords } from './op-hints'
import { showNumber } from './plans'
import { readProblem } from './quantities'
import { readRules } from './rules'
import { convertUnits } from './units'

export interface NumberTask {
  readonly text: string
  readonly solved: readonly SolvedProblem[]
  readonly instructions: string
  readonly noise: Noise
  readonly isCareful: boolean
  readonly isWhole: boolean
}

export interface NumberAnswer {
  readonly value: number
  readonly steps: readonly string[]
}

/** Answers with a number: a written-out calculation, a word problem, a conversion, or the number that like texts carry. */
export function answerNumber(task: NumberTask): NumberAnswer {
  const calculation = calculationIn(task.text)
  if (calculation !== undefined) return { value: calculation.value, steps: [`${calculation.text} = ${showNumber(calculation.value)}`] }
  const { quantities } = readProblem(task.text)
  const isLabelled =
    task.solved.length >= 3 && task.solved.filter(one => readProblem(one.text).quantities.length >= 2).length < task.solved.length / 3
  if (quantities.length === 1 && quantities[0] !== undefined) {
    const { value } = quantities[0]
    const fitted = fit(value, task)
    if (fitted !== undefined) return fitted
    const converted = convertUnits(value, task.text)
    if (converted !== undefined) return { value: converted, steps: [`${showNumber(value)} converts to ${showNumber(converted)}`] }
  }
  if (quantities.length === 0 || isLabelled) return { value: likeliest(task), steps: [] }
  const outcome = solve({ ...task, rules: readRules(task.instructions, operationWords) })
  return outcome === undefined
    ? { value: likeliest(task), steps: [] }
    : { value: outcome.value, steps: outcome.steps.map(step => step.text) }
}

/** With one number in and one out: the factor, shift or line that the most alike demos agree on. */
function fit(x: number, task: NumberTask): NumberAnswer | undefined {
  const points = task.solved.flatMap(one => {
    const [only, ...others] = readProblem(one.text).quantities
    return only !== undefined && others.length === 0 ? [{ x: only.value, y: one.answer, text: one.text }] : []
  })
  if (points.length === 0) return undefined
  const similarity = indexOf(points.map(point => ({ bag: withoutNumbers(point.text), answer: point.y, weight: 1, text: '' }))).similarity(
    withoutNumbers(task.text),
    'surface',
  )
  const best = Math.max(...similarity)
  if (best < 0.3) return undefined
  const near = points.filter((_, at) => (similarity[at] ?? 0) >= best * 0.75)
  const factors = near.filter(point => point.x !== 0).map(point => point.y / point.x)
  const factor = factors.reduce((sum, one) => sum + one, 0) / Math.max(1, factors.length)
  if (factors.length > 0 && factors.every(one => Math.abs(one - factor) <= Math.abs(factor) * 0.02)) {
    return { value: x * factor, steps: [`${showNumber(x)} * ${showNumber(factor)} = ${showNumber(x * factor)}`] }
  }
  const meanX = near.reduce((sum, point) => sum + point.x, 0) / near.length
  const meanY = near.reduce((sum, point) => sum + point.y, 0) / near.length
  const spread = near.reduce((sum, point) => sum + (point.x - meanX) ** 2, 0)
  if (spread === 0) return undefined
  const slope = near.reduce((sum, point) => sum + (point.x - meanX) * (point.y - meanY), 0) / spread
  const shift = meanY - slope * meanX
  if (!near.every(point => Math.abs(point.x * slope + shift - point.y) <= 0.05 * Math.max(1, Math.abs(point.y)))) return undefined
  return {
    value: x * slope + shift,
    steps: [`${showNumber(x)} * ${showNumber(slope)} + ${showNumber(shift)} = ${showNumber(x * slope + shift)}`],
  }
}

function withoutNumbers(text: string): ReturnType<typeof bagOf> {
  return bagOf(text.replace(/[\d.,]+/g, ' '))
}

/** The number of the most alike demos (a rating, a priority). */
function likeliest(task: NumberTask): number {
  const index = indexOf(task.solved.map(one => ({ bag: bagOf(one.text), answer: one.answer, weight: 1, text: '' })))
  const similarity = index.similarity(bagOf(task.text), task.isCareful ? 'meaning' : 'surface')
  let sum = 0
  let weight = 0
  index.instances.forEach((instance, at) => {
    const alike = (similarity[at] ?? 0) ** 2 + 0.002
    sum += instance.answer * alike
    weight += alike
  })
  return weight === 0 ? 0 : task.isWhole ? Math.round(sum / weight) : sum / weight
}
