import { z } from 'zod'
import { isJsonObject, type JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import { exactly, type CallRange } from '../lm/call-range'
import { defineMetric } from './define-metric'
import type { Metric, MetricKind, MetricSpec, Score } from './metric'

const partSchema = z.object({
  kind: z.string(),
  // Checked by the kind's own schema when the part is bound.
  params: z.custom<JsonObject>(value => typeof value === 'object' && value !== null && !Array.isArray(value)),
  weight: z.number().positive(),
})

/** The registry, which holds this kind, too: the two files would import each other. */
interface Kinds {
  find(id: string): MetricKind | undefined
  /** Throws `params-invalid`. */
  need(id: string): MetricKind
}

/** The weighted mean of other metrics. */
export function weightedSum(kinds: Kinds) {
  return defineMetric({
    id: 'weighted-sum',
    title: 'Weighted sum',
    help: 'Several metrics in one score: each counts by its weight, the sum is brought back to 0–1.',
    params: z.object({
      parts: z.array(partSchema).min(1).meta({
        title: 'Parts',
        help: 'Each part is a metric with a weight above 0. Only the proportion of the weights counts.',
        widget: 'metrics',
      }),
    }),
    starter: ([field = '']) => ({ parts: [{ kind: 'exact-match', params: { field }, weight: 1 }] }),
    givesFeedback: ({ parts }) => parts.some(part => givesFeedback(kinds.find(part.kind), part)),
    parts: readableParts,
    labels: ({ parts }) => [...new Set(parts.flatMap(part => labelsOf(kinds.find(part.kind), part)))],
    judgeCalls: ({ parts }) => parts.map(part => judgeCallsOfPart(kinds.find(part.kind), part)).reduce(sumOfCalls, exactly(0)),
    async bind({ parts }, ports) {
      const names = partNames(parts)
      const total = parts.reduce((sum, part) => sum + part.weight, 0)
      const metrics: Metric[] = []
      for (const part of parts) metrics.push(await bindPart(kinds.need(part.kind), part, ports))
      return async input => {
        const scores: Score[] = []
        for (const metric of metrics) scores.push(await metric(input))
        const value = scores.reduce((sum, score, index) => sum + score.value * (parts[index]?.weight ?? 0), 0) / total
        const feedback = scores.flatMap((score, index) => (score.feedback ? [`${names[index]}: ${score.feedback}`] : []))
        return {
          // Weights such as 0.1 + 0.2 can carry a sum of ones a hair above 1.
          value: Math.min(1, Math.max(0, value)),
          parts: Object.fromEntries(scores.map((score, index) => [names[index] ?? '', score.value])),
          ...(feedback.length > 0 && { feedback: feedback.join('\n') }),
        }
      }
    },
  })
}

/** Those that name a metric; the rest is told when the sum is bound. */
function readableParts({ parts }: JsonObject): readonly MetricSpec[] {
  if (!Array.isArray(parts)) return []
  return parts.flatMap(part => {
    if (!isJsonObject(part) || typeof part['kind'] !== 'string') return []
    return [{ kind: part['kind'], params: isJsonObject(part['params']) ? part['params'] : {} }]
  })
}

function givesFeedback(kind: MetricKind | undefined, part: MetricSpec): boolean {
  const params = kind?.params.safeParse(part.params)
  return params?.success === true && kind?.givesFeedback?.(params.data) === true
}

function labelsOf(kind: MetricKind | undefined, part: MetricSpec): readonly string[] {
  const params = kind?.params.safeParse(part.params)
  return kind && params?.success ? kind.labels(params.data) : []
}

function judgeCallsOfPart(kind: MetricKind | undefined, part: MetricSpec): CallRange {
  const params = kind?.params.safeParse(part.params)
  return (kind && params?.success && kind.judgeCalls?.(params.data)) || exactly(0)
}

function sumOfCalls(one: CallRange, other: CallRange): CallRange {
  return { low: one.low + other.low, expected: one.expected + other.expected, high: one.high + other.high }
}

function bindPart(kind: MetricKind, part: MetricSpec, ports: Parameters<MetricKind['bind']>[1]): Promise<Metric> {
  const params = kind.params.safeParse(part.params)
  if (!params.success)
    throw new EngineError(
      'params-invalid',
      `The part "${kind.title}" of the weighted sum has a setting that does not fit: ${z.prettifyError(params.error)}`,
    )
  return kind.bind(params.data, ports)
}

/** `exact-match:category`, numbered where two parts would be called the same. */
function partNames(parts: readonly MetricSpec[]): readonly string[] {
  const seen = new Map<string, number>()
  return parts.map(part => {
    const field = part.params['field']
    const name = typeof field === 'string' ? `${part.kind}:${field}` : part.kind
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name} ${count}`
  })
}
