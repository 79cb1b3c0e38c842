import type { Example } from '@/engine/base/example'
import type { Rollout } from '@/engine/evaluate/rollout'
import type { PredictorId } from '@/engine/program/program'
import type { RolloutRecord } from '@/engine/record/events'
import type { StopReason } from '@/engine/trace/span'
import { fallbacksAmong } from '@/state/runs/answer-text'
import { outcomeOf } from '@/state/runs/outcome'
import type { TraceFilter } from '@/state/runs/run-page'
import { stopsOf } from '@/engine/trace/stops'
import { lineOf } from '@/state/runs/value-text'

/** The rollouts that a filter lets through, in their order. */
export function filterRollouts<R extends RolloutRecord>(
  rollouts: readonly R[],
  filter: TraceFilter,
  exampleOf: (id: string) => Example | undefined,
): readonly R[] {
  const query = filter.query.trim().toLowerCase()
  return rollouts.filter(record => {
    const { rollout } = record
    if (filter.batch !== undefined && record.batch !== filter.batch) return false
    if (filter.candidate !== undefined && record.candidate !== filter.candidate) return false
    if (filter.purpose !== 'all' && record.purpose !== filter.purpose) return false
    if (filter.outcome !== 'all' && outcomeOf(rollout) !== filter.outcome) return false
    if (filter.paid !== 'all' && isPaid(rollout, filter.predictor) !== (filter.paid === 'paid')) return false
    if (filter.predictor !== undefined && !rollout.trace.some(span => span.predictor === filter.predictor)) return false
    if (filter.hasFallback && fallbackCount(rollout, filter.predictor) === 0) return false
    if (filter.stopped !== 'all' && !isStopped(rollout, filter.stopped)) return false
    if (filter.error !== 'all' && !errorCodes(rollout).includes(filter.error)) return false
    return query === '' || textOf(rollout, exampleOf(rollout.exampleId)).includes(query)
  })
}

/** Whether any answer of it was paid for, in all steps or in those of one predictor. */
export function isPaid({ trace }: Rollout, predictor?: PredictorId): boolean {
  return trace.some(span => (predictor === undefined || span.predictor === predictor) && span.calls.some(call => !call.cached))
}

function isStopped({ trace }: Rollout, wanted: StopReason | 'any'): boolean {
  const stops = stopsOf(trace)
  return wanted === 'any' ? stops.length > 0 : stops.includes(wanted)
}

/** Requests beyond the first of a step: answers that could not be read were asked for again. */
export function fallbackCount({ trace }: Rollout, predictor?: PredictorId): number {
  return trace.reduce((sum, span) => sum + (predictor === undefined || span.predictor === predictor ? fallbacksAmong(span.calls) : 0), 0)
}

/** Kinds of failures anywhere in it, also those that a fallback repaired. */
export function errorCodes({ error, trace }: Rollout): readonly string[] {
  const codes = trace.flatMap(span => [span.error?.code, ...span.calls.map(call => call.error?.code)])
  return [...new Set([error?.code, ...codes].filter(code => code !== undefined))]
}

/** Everything about a rollout that a search looks through. */
function textOf(rollout: Rollout, example: Example | undefined): string {
  const known = texts.get(rollout)
  if (known !== undefined) return known
  const parts = [
    lineOf(example?.inputs),
    lineOf(example?.labels),
    lineOf(rollout.prediction),
    rollout.error?.message,
    rollout.feedback,
    ...rollout.trace.flatMap(span => [lineOf(span.outputs), span.error?.message, ...span.calls.map(call => call.error?.message)]),
  ]
  const text = parts.filter(Boolean).join('\n').toLowerCase()
  // Without its row the text is not whole yet.
  if (example !== undefined) texts.set(rollout, text)
  return text
}

/** Rollouts are never changed in place. */
const texts = new WeakMap<Rollout, string>()

export function activeFilterCount(filter: TraceFilter): number {
  const { outcome, paid, predictor, hasFallback, candidate, purpose, error, stopped, batch } = filter
  return (
    [outcome, paid, predictor, candidate, purpose, error, stopped].filter(value => value !== undefined && value !== 'all').length +
    Number(hasFallback) +
    Number(batch !== undefined)
  )
}
