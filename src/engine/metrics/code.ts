import { z } from 'zod'
import { isJsonObject, type Json } from '@/lib/json'
import { EngineError, isEngineError } from '../base/errors'
import { mentionsFeedback } from '../user-code/mentions-feedback'
import type { UserFunction } from '../user-code/code-runner'
import { defineMetric } from './define-metric'
import type { MetricInput, Score } from './metric'

export const code = defineMetric({
  id: 'code',
  title: 'JavaScript',
  help: 'A function (example, prediction, trace) that returns a number from 0 to 1, true or false, or { score, feedback }. It runs apart from the page, with limits on time and memory.',
  params: z.object({
    source: z.string().min(1).meta({
      title: 'Source',
      help: 'A function expression. `example` holds inputs and labels by name, `trace` the steps (null in an evaluation).',
      widget: 'code',
    }),
  }),
  starter: ([field = '']) => ({ source: exampleSource(field) }),
  givesFeedback: ({ source }) => mentionsFeedback(source),
  labels: () => [],
  async bind({ source }, { runner }) {
    const run = await runner.load(source, 'metric')
    return async input => scoreOf(await callMetric(run, input))
  },
})

/** Something that runs and can be changed, rather than an empty editor. */
function exampleSource(field: string): string {
  const name = JSON.stringify(field)
  return `(example, prediction, trace) => {
  const expected = String(example.labels[${name}]).trim().toLowerCase()
  const answer = String(prediction[${name}]).trim().toLowerCase()
  if (answer === expected) return { score: 1 }
  return { score: 0, feedback: \`Expected "\${expected}", got "\${answer}".\` }
}
`
}

async function callMetric(run: UserFunction, { example, prediction, trace }: MetricInput): Promise<Json> {
  const row = { ...example.labels, ...example.inputs, inputs: example.inputs, labels: example.labels }
  const steps = trace?.map(({ predictor, name, inputs, outputs }) => ({
    predictor: predictor ?? null,
    name,
    inputs,
    outputs: outputs ?? null,
  }))
  try {
    return await run.call([row, prediction, steps ?? null])
  } catch (error) {
    if (isEngineError(error, 'code-failed')) throw new EngineError('metric-failed', error.message, error.facts, error)
    throw error
  }
}

/** Reads what a metric returned. Throws `metric-failed` with what it should have been. */
export function scoreOf(returned: Json): Score {
  if (isJsonObject(returned)) {
    const feedback = returned['feedback']
    const value = valueOf(returned['score'] ?? null, 'score')
    if (feedback === undefined || feedback === null) return { value }
    if (typeof feedback !== 'string') throw new EngineError('metric-failed', 'The metric returned a "feedback" that is not a text.')
    return { value, feedback }
  }
  return { value: valueOf(returned, 'value') }
}

function valueOf(value: Json, what: string): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  const wanted = 'Return a number from 0 to 1, true or false, or { score, feedback }.'
  // NaN does not survive JSON: it leaves the code runner as null, like a function that returns nothing.
  if (value === null || Number.isNaN(value))
    throw new EngineError('metric-failed', `The metric returned no ${what}: nothing, or NaN. ${wanted}`)
  if (typeof value === 'number') throw new EngineError('metric-failed', `The metric returned ${value}, which is outside 0–1. ${wanted}`)
  throw new EngineError(
    'metric-failed',
    `The metric returned ${Array.isArray(value) ? 'a list' : `a ${typeof value}`} as its ${what}. ${wanted}`,
  )
}
