import { isEngineError, type EngineError } from '../../base/errors'
import type { SlotOutcome } from '../lm'

/** Bad gateway, unavailable, timed out; the same in the numbers of Cloudflare; overloaded. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504, 520, 521, 522, 523, 524, 529, 530])

/** True where a gateway answers in place of a server that it did not reach. */
export function isGatewayStatus(status: number | undefined): boolean {
  return status !== undefined && gatewayStatuses.has(status)
}

/** True for a failure before anything left this machine: nothing was billed, and no server saw it. */
export function isUnsent(error: unknown): error is EngineError {
  return isEngineError(error) && error.facts['isUnsent'] === true
}

/** True for a failure that says nothing got through: no connection, no answer in time, or a gateway that reached nobody. */
export function isUnanswered(error: unknown): error is EngineError {
  if (!isEngineError(error) || error.facts['isLoading'] === true || error.facts['hasBegun'] === true) return false
  return error.code === 'lm-network' || error.code === 'lm-timeout' || isGatewayStatus(error.facts.status)
}

/** What a request says about its endpoint. Undefined where it says nothing: it never left for a reason of its own, or was given up by us. */
export function cameThrough(outcome: SlotOutcome): 'through' | EngineError | undefined {
  if (outcome.kind === 'answered') return 'through'
  if (outcome.kind === 'unused' || !isEngineError(outcome.error) || !outcome.error.code.startsWith('lm-')) return undefined
  if (isUnanswered(outcome.error)) return outcome.error
  return isUnsent(outcome.error) ? undefined : 'through'
}

/** What a provider said may lack its full stop. */
export function sentenceOf({ message }: EngineError): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`
}
