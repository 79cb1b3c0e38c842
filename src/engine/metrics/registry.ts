import { z } from 'zod'
import { EngineError } from '../base/errors'
import { exactly, type CallRange } from '../lm/call-range'
import type { Sandbox } from '../sandbox/sandbox'
import { code } from './code'
import { contains } from './contains'
import { exactMatch } from './exact-match'
import type { Metric, MetricKind, MetricSpec } from './metric'
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

/** Makes a metric ready to score. Throws `params-invalid`, or `code-failed` where its source does not compile. */
export async function bindMetric(spec: MetricSpec, ports: { readonly sandbox: Sandbox }): Promise<Metric> {
  const kind = needMetricKind(spec.kind)
  const params = kind.params.safeParse(spec.params)
  if (!params.success)
    throw new EngineError('params-invalid', `The metric "${kind.title}" has a setting that does not fit: ${z.prettifyError(params.error)}`)
  return kind.bind(params.data, ports)
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

/** Whether scoring by this metric takes a model. */
export function asksJudge(spec: MetricSpec | undefined): boolean {
  return judgeCallsOf(spec).high > 0
}
