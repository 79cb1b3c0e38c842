import { isEngineError, type ErrorCode } from '../base/errors'

/** Failures that belong to what the program did: another attempt may do better. All others end the step, and mostly the row or the run. */
export function isStepFailure(error: unknown): boolean {
  return isEngineError(error) && stepFailures.has(error.code)
}

const stepFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'adapter-parse',
  'lm-context-length',
  'lm-content-filter',
  'lm-cut',
  'lm-bad-request',
  'code-failed',
  'tool-failed',
  'metric-failed',
  'sandbox-timeout',
  'sandbox-memory',
])
