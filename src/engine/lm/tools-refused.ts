import { EngineError, isEngineError } from '../base/errors'
import type { LmRequest } from './lm'
import { refusableOf, type RefusablePart } from './refusable'

/**
 * True where a model takes no tools: the same has to be asked for in words, which is another request. Other parts that a model
 * refuses are left out of the request as it is sent.
 */
export function toolsRefused(error: unknown): boolean {
  return isEngineError(error, 'lm-bad-request') && refusableOf(error.facts['learned']).includes('tools')
}

/** True for a refusal that was known before anything was sent: there is nothing to record. */
export function isKnownRefusal(error: unknown): boolean {
  return isEngineError(error) && error.facts['isKnown'] === true
}

/** The refusal of a request with tools by a model that refused one before, and would refuse it again. */
export function knownRefusal(request: LmRequest, refused: readonly RefusablePart[]): EngineError | undefined {
  if (request.kind === 'embed' || request.tools === undefined || !refused.includes('tools')) return undefined
  return new EngineError('lm-bad-request', `"${request.model}" takes no tools.`, {
    isRetryable: false,
    learned: ['tools'],
    isKnown: true,
    attempts: 0,
  })
}
