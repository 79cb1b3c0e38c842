import type { CallKey, Lm, LmCall, LmRequest, LmResponse } from './lm'
import { onAbort } from '../base/on-abort'
import { callKey } from './request-key'

/**
 * Identical requests under way share one answer: without it the second one would be paid for, and its answer could
 * differ from the first. Those who join paid nothing, and say so with `cached` and no attempts. The shared request is
 * given up only when everybody who waits for it has given up.
 */
export function singleFlight(inner: Lm): Lm {
  const flights = new Map<CallKey, Flight>()
  return {
    get capabilities() {
      return inner.capabilities
    },
    async generate(request, call) {
      call.signal.throwIfAborted()
      const key = callKey(request, call.rollout)
      const joined = flights.get(key)
      if (joined) return { ...(await board(joined, call.signal)), cached: true, attempts: 0, failedAttempts: 0 }
      const flight = takeOff(inner, request, call)
      flights.set(key, flight)
      const land = (): boolean => flights.get(key) === flight && flights.delete(key)
      onAbort(flight.controller.signal, land)
      flight.answer.then(land, land)
      return board(flight, call.signal)
    },
  }
}

interface Flight {
  readonly controller: AbortController
  readonly answer: Promise<LmResponse>
  passengers: number
}

function takeOff(inner: Lm, request: LmRequest, call: LmCall): Flight {
  const controller = new AbortController()
  return { controller, answer: inner.generate(request, { ...call, signal: controller.signal }), passengers: 0 }
}

function board(flight: Flight, signal: AbortSignal): Promise<LmResponse> {
  flight.passengers += 1
  return new Promise((resolve, reject) => {
    const stay = onAbort(signal, () => {
      flight.passengers -= 1
      if (flight.passengers === 0) flight.controller.abort(signal.reason)
      reject(signal.reason)
    })
    flight.answer.then(resolve, reject).finally(stay)
  })
}
