import { isEngineError } from '../base/errors'

/** What the tool's own code threw; where it did not come to that, what kept it from running. */
export function saidBy(error: unknown): string {
  const thrown = isEngineError(error, 'code-failed') ? error.facts['thrown'] : undefined
  if (typeof thrown === 'string') return thrown
  return error instanceof Error ? error.message : String(error)
}
