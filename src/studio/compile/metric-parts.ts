import type { MetricSpec } from '@/engine/metrics/metric'
import { firstMetric } from '@/engine/metrics/registry'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

/** A metric inside a weighted sum. */
export interface MetricPart extends MetricSpec {
  readonly weight: number
}

export function readParts(parts: Json | undefined): readonly MetricPart[] {
  if (!Array.isArray(parts)) return []
  return parts.flatMap(part => {
    if (!isJsonObject(part) || typeof part['kind'] !== 'string') return []
    const own = part['params']
    return [{ kind: part['kind'], params: isJsonObject(own) ? own : {}, weight: typeof part['weight'] === 'number' ? part['weight'] : 1 }]
  })
}

export function newPart(outputs: readonly string[]): MetricPart {
  return { ...firstMetric('exact-match', outputs), weight: 1 }
}

/** A metric of another kind: the chosen output stays, the rest starts from the kind's own settings. */
export function otherMetric(kind: string, outputs: readonly string[], before: JsonObject): MetricSpec {
  const field = typeof before['field'] === 'string' && outputs.includes(before['field']) ? before['field'] : (outputs[0] ?? '')
  return firstMetric(kind, [field, ...outputs])
}
