import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import type { MetricKind, MetricSpec } from '../../metrics/metric'
import { metricKind } from '../../metrics/registry'
import type { FieldType } from '../../signature/types/field-type'

/** A metric that compares one output with its label: the whole, or a part of a sum. */
export interface FieldMetric {
  readonly spec: MetricSpec
  readonly field: string
  /** Whether an answer could score more than 0 against a label; absent where nobody can tell. */
  readonly reach?: (label: Json) => boolean
}

/** The metrics that a metric is made of: itself, or the parts of a sum. Those whose settings are not complete yet are left out. */
export function fieldMetrics(spec: MetricSpec, typeOf: (output: string) => FieldType | undefined): readonly FieldMetric[] {
  return leavesOf(spec).flatMap((leaf): readonly FieldMetric[] => {
    const { kind, params } = leaf
    const field = params?.['field']
    if (params === undefined || typeof field !== 'string') return []
    const reach = kind.reach?.(params, typeOf(field))
    return [{ spec: leaf.spec, field, ...(reach && { reach }) }]
  })
}

/** Whether the metric is nothing but metrics of one output each, of which it is known what they compare. */
export function isKnownThroughout(spec: MetricSpec): boolean {
  const leaves = leavesOf(spec)
  return leaves.length > 0 && leaves.every(({ kind, params }) => kind.reach !== undefined && typeof params?.['field'] === 'string')
}

/** The metric with another output, or another setting, in each part that this is true of. */
export function changedMetric(spec: MetricSpec, change: (params: JsonObject) => JsonObject): MetricSpec {
  const { parts } = spec.params
  if (!Array.isArray(parts)) return { ...spec, params: change(spec.params) }
  const changed = parts.map((part: Json) =>
    isJsonObject(part) && isJsonObject(part['params']) ? { ...part, params: change(part['params']) } : part,
  )
  return { ...spec, params: { ...spec.params, parts: changed } }
}

interface Leaf {
  readonly spec: MetricSpec
  readonly kind: MetricKind
  /** As they are read; absent where they do not fit. */
  readonly params: JsonObject | undefined
}

function leavesOf(spec: MetricSpec): readonly Leaf[] {
  const kind = metricKind(spec.kind)
  if (kind === undefined) return []
  const parts = kind.parts?.(spec.params)
  if (parts !== undefined) return parts.flatMap(leavesOf)
  const read = kind.params.safeParse(spec.params)
  // Settings of a metric are JSON by its schema.
  return [{ spec, kind, params: read.success ? (read.data as JsonObject) : undefined }]
}
