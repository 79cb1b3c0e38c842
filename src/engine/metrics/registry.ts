import { z } from 'zod'
import { isJsonObject, type Json } from '@/lib/json'
import { EngineError } from '../base/errors'
import { exactly, type CallRange } from '../lm/call-range'
import { code } from './code'
import { contains } from './contains'
import { exactMatch } from './exact-match'
import type { Metric, MetricKind, MetricPorts, MetricSpec } from './metric'
import { numeric } from './numeric'
import { rubricJudge } from './rubric-judge'
import { tokenF1 } from './token-f1'
import { weightedSum } from './weighted-sum'

/** Every metric the studio offers, in the order of the menu. */
export const metricKinds: readonly MetricKind[] = [
  exactMatch,
  tokenF1,
  contains,
  numeric,
  rubricJudge,
  weightedSum({ find: metricKind, need: needMetricKind }),
  code,
]

/** Undefined for an id that this version does not know, as a project of a later one may have it. */
export function metricKind(id: string): MetricKind | undefined {
  return metricKinds.find(known => known.id === id)
}

/** The same for a row that is to be scored. Throws `params-invalid` for an id that this version does not know. */
export function needMetricKind(id: string): MetricKind {
  const kind = metricKind(id)
  if (kind === undefined) throw new EngineError('params-invalid', `The metric "${id}" is not known to this version. Choose another one.`)
  return kind
}

/** A metric of a kind as it starts: it scores the first of these outputs. Throws `params-invalid` for an unknown kind. */
export function firstMetric(id: string, outputs: readonly string[]): MetricSpec {
  const kind = needMetricKind(id)
  const [field = ''] = outputs
  return { kind: id, params: kind.starter?.([field, ...outputs]) ?? ('field' in kind.params.shape ? { field } : {}) }
}

/** Makes a metric ready to score. Throws `params-invalid`, or `code-failed` where its source does not compile. */
export async function bindMetric(spec: MetricSpec, ports: MetricPorts): Promise<Metric> {
  const kind = needMetricKind(spec.kind)
  const params = kind.params.safeParse(spec.params)
  if (!params.success)
    throw new EngineError('params-invalid', `The metric "${kind.title}" has a setting that does not fit: ${z.prettifyError(params.error)}`)
  return kind.bind(params.data, ports)
}

/** A metric as a run scored by it that was begun before its kind had all the settings it has now. */
export function metricOfOldRun(spec: MetricSpec): MetricSpec {
  const { parts } = spec.params
  const oldParts = Array.isArray(parts) && { parts: parts.map(oldPart) }
  return { ...spec, params: { ...metricKind(spec.kind)?.before, ...spec.params, ...oldParts } }
}

function oldPart(part: Json): Json {
  if (!isJsonObject(part) || typeof part['kind'] !== 'string' || !isJsonObject(part['params'])) return part
  return { ...part, ...metricOfOldRun({ kind: part['kind'], params: part['params'] }) }
}

/** Names of the label columns that a metric reads. Empty for settings that are not complete yet. */
export function metricLabels(spec: MetricSpec): readonly string[] {
  const kind = metricKind(spec.kind)
  const params = kind?.params.safeParse(spec.params)
  return kind && params?.success ? kind.labels(params.data) : []
}

/** Calls to the judge LM for one scored row. None for a metric that asks no model, or whose settings are not complete yet. */
export function judgeCallsOf(spec: MetricSpec | undefined): CallRange {
  const kind = spec && metricKind(spec.kind)
  const params = kind?.params.safeParse(spec?.params)
  return (kind && params?.success && kind.judgeCalls?.(params.data)) || exactly(0)
}

/** Whether a metric explains its scores in words of its own. False for settings that are not complete yet. */
export function givesFeedback(spec: MetricSpec): boolean {
  const kind = metricKind(spec.kind)
  const params = kind?.params.safeParse(spec.params)
  return params?.success === true && kind?.givesFeedback?.(params.data) === true
}

/** Whether scoring by this metric takes a model. */
export function asksJudge(spec: MetricSpec | undefined): boolean {
  return judgeCallsOf(spec).high > 0
}
