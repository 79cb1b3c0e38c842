import type { MetricSpec } from '@/engine/metrics/metric'
import { metricKind } from '@/engine/metrics/registry'
import { isJsonObject, type JsonObject } from '@/lib/json'

/** A metric inside a weighted sum. */
export interface MetricPart extends MetricSpec {
  readonly weight: number
}

export function readParts(params: JsonObject): readonly MetricPart[] {
  const parts = params['parts']
  if (!Array.isArray(parts)) return []
  return parts.flatMap(part => {
    if (!isJsonObject(part) || typeof part['kind'] !== 'string') return []
    const own = part['params']
    return [{ kind: part['kind'], params: isJsonObject(own) ? own : {}, weight: typeof part['weight'] === 'number' ? part['weight'] : 1 }]
  })
}

export function newPart(outputs: readonly string[]): MetricPart {
  return { ...firstMetric('exact-match', outputs, {}), weight: 1 }
}

/** A metric of another kind: the chosen output stays, the rest starts from the kind's defaults. */
export function firstMetric(kind: string, outputs: readonly string[], before: JsonObject): MetricSpec {
  const field = typeof before['field'] === 'string' && outputs.includes(before['field']) ? before['field'] : (outputs[0] ?? '')
  if (kind === 'weighted-sum') return { kind, params: { parts: [{ ...newPart([field, ...outputs]) }] } }
  if (kind === 'code') return { kind, params: { source: exampleSource(field) } }
  return { kind, params: 'field' in (metricKind(kind)?.params.shape ?? {}) ? { field } : {} }
}

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
