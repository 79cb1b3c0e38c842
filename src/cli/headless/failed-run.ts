import { EngineError, isInfrastructureError, type ErrorJson } from '@/engine/base/errors'
import type { RunOutcome } from '@/engine/run/base/ports'

/** Turns a run that failed with nothing to show into the error it failed of; one that keeps something has a report instead. */
export function throwIfNothingKept({ status, error, sentence, result }: RunOutcome): void {
  if (status !== 'failed' || result?.best) return
  if (error?.code === 'bug') throw new Error(sentence)
  throw new EngineError(error?.code ?? 'run-stopped', sentence)
}

/**
 * A score of 0 because no row got through metric or code says nothing about the program: that is a failure. Answers that cannot be read
 * are the model's own, and count.
 */
export function throwIfNoRowCounts(rows: number, errors: readonly ErrorJson[]): void {
  const first = errors[0]
  if (!first || errors.length < rows || !errors.every(isNobodysAnswer)) return
  throw new EngineError(first.code === 'bug' ? 'metric-failed' : first.code, `Every row failed. The first one: ${first.message}`)
}

function isNobodysAnswer({ code }: ErrorJson): boolean {
  return isInfrastructureError(code) || otherCodes.has(code)
}

const otherCodes: ReadonlySet<string> = new Set([
  'metric-failed',
  'code-failed',
  'sandbox-timeout',
  'sandbox-memory',
  'lm-bad-request',
  'data-invalid',
  'not-found',
  'bug',
])
