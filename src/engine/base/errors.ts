import type { Json } from '@/lib/json'

/** The closed list of things that are expected to go wrong. UI words come from the code. */
export type ErrorCode =
  | 'signature-syntax'
  | 'graph-invalid'
  | 'adapter-parse'
  | 'lm-auth'
  | 'lm-quota'
  | 'lm-rate-limit'
  | 'lm-timeout'
  | 'lm-server'
  | 'lm-network'
  | 'lm-unreachable'
  | 'lm-model-not-found'
  | 'lm-context-length'
  | 'lm-content-filter'
  | 'lm-cut'
  | 'lm-bad-request'
  | 'lm-bad-response'
  | 'lm-not-recorded'
  | 'metric-failed'
  | 'judge-failed'
  | 'code-failed'
  | 'tool-failed'
  | 'tool-refused'
  | 'tool-interrupted'
  | 'sandbox-timeout'
  | 'sandbox-memory'
  | 'blob-missing'
  | 'data-invalid'
  | 'project-invalid'
  | 'project-newer'
  | 'params-invalid'
  | 'too-many-errors'
  | 'budget-exhausted'
  | 'budget-too-small'
  | 'run-stopped'
  | 'run-cancelled'
  | 'storage-full'
  | 'storage-failed'
  | 'not-found'

/** Facts a caller can act on. */
export interface ErrorFacts {
  readonly status?: number
  readonly isRetryable?: boolean
  readonly retryAfterMs?: number
  readonly predictor?: string
  readonly text?: string
  readonly path?: string
  readonly [fact: string]: Json | undefined
}

export interface ErrorJson {
  readonly code: ErrorCode | 'bug'
  readonly message: string
  readonly facts?: ErrorFacts
}

/** An expected failure: a code, a sentence that says what to do, and facts. Anything else thrown is a bug. */
export class EngineError extends Error {
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'EngineError'
    this.code = code
    this.facts = facts
  }
}

export function isEngineError(error: unknown, code?: ErrorCode): error is EngineError {
  return error instanceof EngineError && (code === undefined || error.code === code)
}

export function errorToJson(error: unknown): ErrorJson {
  if (error instanceof EngineError) return { code: error.code, message: error.message, facts: error.facts }
  return { code: 'bug', message: error instanceof Error ? error.message : String(error) }
}

/** What `errorToJson` made of it, as an error again. */
export function errorFromJson({ code, message, facts }: ErrorJson): Error {
  return code === 'bug' ? new Error(message) : new EngineError(code, message, facts)
}

/** Failures of the way to the model, not of the program: such a row has no score, it is not scored 0. */
export function isInfrastructureError(code: ErrorJson['code']): boolean {
  return infrastructureCodes.has(code)
}

/** A row that ends so has no score, rather than 0: nothing is known about what the program did. */
export function leavesUnscored(code: ErrorJson['code']): boolean {
  return code === 'judge-failed' || isInfrastructureError(code)
}

/** Failures that every further call would share: the run stops at once. */
export function isFatalError(code: ErrorJson['code']): boolean {
  return code === 'lm-auth' || code === 'lm-quota' || code === 'lm-model-not-found' || code === 'lm-unreachable' || code === 'tool-refused'
}

const infrastructureCodes: ReadonlySet<string> = new Set([
  'lm-auth',
  'lm-quota',
  'lm-rate-limit',
  'lm-timeout',
  'lm-server',
  'lm-network',
  'lm-unreachable',
  'lm-model-not-found',
  'lm-bad-response',
  'lm-not-recorded',
  'blob-missing',
  'tool-refused',
  'tool-interrupted',
])
