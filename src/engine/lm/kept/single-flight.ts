import { EngineError } from '../../base/errors'
import { onAbort } from '@/lib/on-abort'
import type { CallKey, Lm, LmCall, LmRequest, LmResponse } from '../lm'
import { callKey } from './request-key'

/** Requests under way by their key. */
export type Flights = Map<CallKey, Flight>

/**
 * Identical requests under way share one answer: without it the second one would be paid for, and its answer could differ from the
 * first. One of those who are there when it comes back gets the bill; the others paid nothing, and say so with `cached` and no attempts.
 * The same holds for a failure: its attempts are counted once. The shared request is given up only when everybody who waits for it
 * has given up. Stacks that may send the same request share their `flights`.
 */
export function singleFlight(inner: Lm, flights: Flights = new Map()): Lm {
  return {
    get capabilities() {
      return inner.capabilities
    },
    async generate(request, call) {
      call.signal.throwIfAborted()
      const key = callKey(request, call.rollout)
      const joined = flights.get(key)
      if (joined) return board(joined, call.signal)
      const land = (): void => {
        if (flights.get(key) === flight) flights.delete(key)
      }
      const flight = takeOff(inner, { request, call, land })
      flights.set(key, flight)
      flight.answer.then(land, land)
      return board(flight, call.signal)
    },
  }
}

export interface Flight {
  readonly controller: AbortController
  readonly answer: Promise<LmResponse>
  /** Those who wait, in the order they came. */
  readonly seats: Set<object>
  /** From now on nobody joins. */
  land(): void
}

function takeOff(inner: Lm, { request, call, land }: { readonly request: LmRequest; readonly call: LmCall; land(): void }): Flight {
  const controller = new AbortController()
  return { controller, answer: inner.generate(request, { ...call, signal: controller.signal }), seats: new Set(), land }
}

function board({ controller, answer, seats, land }: Flight, signal: AbortSignal): Promise<LmResponse> {
  const seat = {}
  seats.add(seat)
  const isPayer = (): boolean => seats.values().next().value === seat
  return new Promise((resolve, reject) => {
    const stay = onAbort(signal, () => {
      seats.delete(seat)
      if (seats.size === 0) {
        land()
        controller.abort(signal.reason)
      }
      reject(signal.reason)
    })
    answer
      .then(
        response => resolve(isPayer() ? response : unpaid(response)),
        (error: unknown) => reject(isPayer() ? error : uncounted(error)),
      )
      .finally(stay)
  })
}

function unpaid({ cost: _cost, ...response }: LmResponse): LmResponse {
  return { ...response, cached: true, attempts: 0, failedAttempts: 0 }
}

function uncounted(error: unknown): unknown {
  return error instanceof EngineError ? new EngineError(error.code, error.message, { ...error.facts, attempts: 0 }, error) : error
}
