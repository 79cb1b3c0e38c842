import type { Rollout } from '@/engine/evaluate/rollout'
import type { CallPurpose, Usage } from '@/engine/lm/lm'
import { tokenCount } from '@/engine/lm/usage'
import type { SpanCall } from '@/engine/trace/span'
import { costOfRecorded, pricesOf } from '@/engine/run/plan/prices'
import type { RunSpec } from '@/engine/record/spec'
import { formatCost, formatCount } from '@/ui/format'

export const purposeNames: Readonly<Record<CallPurpose, string>> = {
  row: 'one row',
  evaluate: 'evaluation',
  bootstrap: 'bootstrap',
  propose: 'proposal',
  trial: 'trial',
  judge: 'judge',
  embed: 'embedding',
  'test-connection': 'connection test',
}

/** `812 → 34 tokens`; a tilde where the provider did not count them. */
export function tokenWords({ inputTokens, outputTokens, estimated }: Usage): string {
  return `${estimated === true ? '≈ ' : ''}${formatCount(inputTokens)} → ${formatCount(outputTokens)} tokens`
}

export interface CallSums {
  readonly calls: number
  readonly cached: number
  /** Those among them that the metric sent. */
  readonly judged: number
  /** Those that asked again in JSON, because the answer before could not be read. */
  readonly again: number
  /** Those that read the fields out of an answer in plain words. */
  readonly reading: number
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cost: string
}

/** What a rollout asked for, and what of it was paid. */
export function callSums({ trace }: Pick<Rollout, 'trace'>, spec: RunSpec): CallSums {
  const calls = trace.flatMap(span => span.calls)
  const sum = (of: (call: SpanCall) => number) => calls.reduce((total, call) => total + of(call), 0)
  const costs = calls.filter(call => !call.cached && tokenCount(call.usage) > 0).map(call => costOfCall(call, spec))
  return {
    calls: calls.length,
    cached: calls.filter(call => call.cached).length,
    judged: trace.reduce((sum, span) => sum + (span.kind === 'score' ? span.calls.length : 0), 0),
    again: calls.filter(call => call.again).length,
    reading: calls.filter(call => call.reads && !call.again).length,
    inputTokens: sum(call => call.usage.inputTokens),
    outputTokens: sum(call => call.usage.outputTokens),
    cost: formatCost(costs.includes(undefined) ? undefined : costs.reduce<number>((total, cost) => total + (cost ?? 0), 0)),
  }
}

export function costOfCall(call: SpanCall, { models }: RunSpec): number | undefined {
  return costOfRecorded(call, pricesOf(models))
}
