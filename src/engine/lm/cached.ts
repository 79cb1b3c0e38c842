import { EngineError, type ErrorJson } from '../base/errors'
import type { ModelId } from '../program/program'
import type { CallStore } from './call-store'
import type { Clock } from '../base/clock'
import type { CallKey, Lm, LmAnswer, LmResponse } from './lm'
import { callKey } from './request-key'
import { readStoredAnswer, storedAnswer } from './stored-answer'

export interface CachedOptions {
  readonly calls: CallStore
  readonly clock: Clock
  /** Calls that failed for good in an earlier attempt at the run: they fail again, so that a replay takes the same turns. */
  readonly failedCalls?: ReadonlyMap<CallKey, { readonly error?: ErrorJson }>
  /** Which of the run's models answers here, for the record of who paid. */
  readonly entry?: ModelId
  /** True never sends: what is not stored throws `lm-not-recorded`. */
  readonly offline?: boolean
}

/**
 * Answers from the store, else asks and stores before the caller gets the answer: an answer that reached us is never
 * paid for again. The first write wins, so that another run cannot change an answer this one will replay.
 */
export function cached(inner: Lm, { calls, clock, entry, failedCalls, offline = false }: CachedOptions): Lm {
  return {
    get capabilities() {
      return inner.capabilities
    },
    async generate(request, call) {
      const key = callKey(request, call.rollout)
      const failure = failedCalls?.get(key)?.error
      if (failure) throw failAgain(failure)
      const known = await calls.get(key)
      if (known) return { ...readStoredAnswer(known.response, request), cached: true, attempts: 0, failedAttempts: 0 }
      if (offline) throw notRecorded(request.model)
      call.signal.throwIfAborted()
      const answer = await inner.generate(request, call)
      const { cost } = answer
      const paid = { ...(entry !== undefined && { entry }), ...(cost !== undefined && { cost }) }
      const stored = await calls.add({ key, rollout: call.rollout, request, response: storedAnswer(answer), at: clock.now() }, paid)
      return { ...readStoredAnswer(stored.response, request), ...billOf(answer) }
    },
  }
}

/** The words are those of whoever wrote first, the bill is of what we sent. */
function billOf({ usage, ms, cached, attempts, failedAttempts, cost }: LmResponse): Omit<LmResponse, keyof LmAnswer> {
  return { usage, ms, cached, attempts, ...(failedAttempts !== undefined && { failedAttempts }), ...(cost !== undefined && { cost }) }
}

function failAgain(failure: ErrorJson): Error {
  if (failure.code === 'bug') return new Error(failure.message)
  return new EngineError(failure.code, failure.message, { ...failure.facts, attempts: 0, isReplayed: true })
}

function notRecorded(model: string): EngineError {
  return new EngineError(
    'lm-not-recorded',
    `No recorded answer of ${model} for this request. Run it once with a connection, then it can be repeated without one.`,
    { model },
  )
}
