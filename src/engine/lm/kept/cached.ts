import { EngineError, type ErrorJson } from '../../base/errors'
import type { ModelId } from '../../program/program'
import type { CallStore } from './call-store'
import type { Clock } from '../../base/clock'
import type { CallKey, Lm, LmAnswer, LmRequest, LmResponse } from '../lm'
import type { Places } from '../places'
import { callKey } from './request-key'
import { readAnswerAsThen, readStoredAnswer, storedAnswer, type StoredAnswer } from './stored-answer'

export interface CachedOptions {
  readonly calls: CallStore
  readonly clock: Clock
  /** Calls that failed for good in an earlier attempt at the run: they fail again, so that a replay takes the same turns. */
  readonly failedCalls?: ReadonlyMap<CallKey, { readonly error?: ErrorJson }>
  /** Which of the run's models answers here, for the record of who paid. */
  readonly entry?: ModelId
  /** Of the run: whoever asks holds one until the answer is stored. */
  readonly places?: Pick<Places, 'take'>
  /** What the model is known to refuse as a whole: it is not sent, unless it was answered before. */
  readonly refusal?: (request: LmRequest) => EngineError | undefined
  /** True never sends: what is not stored throws `lm-not-recorded`. */
  readonly offline?: boolean
}

/**
 * Answers from the store, else asks and stores before the caller gets the answer: an answer that reached us is never
 * paid for again. The first write wins, so that another run cannot change an answer this one will replay.
 */
export function cached(inner: Lm, { calls, clock, entry, failedCalls, places, refusal, offline = false }: CachedOptions): Lm {
  return {
    get capabilities() {
      return inner.capabilities
    },
    async generate(request, call) {
      const key = callKey(request, call.rollout)
      const failure = failedCalls?.get(key)?.error
      if (failure) throw failAgain(failure)
      const refused = refusal?.(request)
      const known = await calls.get(key, { mayMiss: refused !== undefined })
      if (known) return { ...readFor(request, known.response), cached: true, attempts: 0, failedAttempts: 0 }
      if (refused) throw refused
      if (offline) throw notRecorded(request.model)
      const place = await places?.take(call.signal)
      try {
        call.signal.throwIfAborted()
        const answer = await inner.generate(request, call)
        const { cost } = answer
        const paid = { ...(entry !== undefined && { entry }), ...(cost !== undefined && { cost }) }
        const response = storedAnswer(answer)
        const stored = await calls.add({ key, rollout: call.rollout, request, response, at: clock.date() }, paid)
        // As kept is as answered, but for vectors, whose answer has no text.
        if (stored.response === response && request.kind !== 'embed') return answer
        return { ...readFor(request, stored.response), ...billOf(answer) }
      } finally {
        place?.leave()
      }
    },
  }
}

/** The words are those of whoever wrote first, the bill is of what we sent. */
function billOf({ usage, ms, cached, attempts, failedAttempts, cost }: LmResponse): Omit<LmResponse, keyof LmAnswer> {
  return { usage, ms, cached, attempts, ...(failedAttempts !== undefined && { failedAttempts }), ...(cost !== undefined && { cost }) }
}

function readFor(request: LmRequest, stored: StoredAnswer): ReturnType<typeof readStoredAnswer> {
  return request.endpoint === undefined ? readAnswerAsThen(stored, request) : readStoredAnswer(stored, request)
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
