import type { Rng } from '@/lib/rng'
import { EngineError, isEngineError } from '../base/errors'
import type { Clock } from '../base/clock'
import type { Attempt } from './dispatch'
import type { Lm } from './lm'
import { refusableParts } from './refusable'

export interface RetryingOptions {
  readonly clock: Clock
  /** For the jitter. */
  readonly rng: Pick<Rng, 'random'>
  readonly maxAttempts?: number
  /** Milliseconds spent on attempts and pauses of one call before it is given up. Waiting in the queue does not count. */
  readonly maxMs?: number
}

/**
 * The one place that tries again: only failures whose `isRetryable` says that time may cure them. Waits as long as the provider asks,
 * else a random share of 1, 2, 4 … seconds ("full jitter", so that callers refused together do not come back together).
 * A failure for good carries `attempts`: how many requests were sent for nothing.
 */
export function retrying(
  attempt: Attempt,
  capabilities: () => Lm['capabilities'],
  { clock, rng, maxAttempts = 6, maxMs = 5 * 60_000 }: RetryingOptions,
): Lm {
  return {
    get capabilities() {
      return capabilities()
    },
    async generate(request, call) {
      let attempts = 0
      let spentMs = 0
      let lessons = 0
      for (;;) {
        let sentAt: number | undefined
        const onSend = (): void => {
          attempts += 1
          sentAt = clock.now()
        }
        try {
          const response = await attempt(request, call, onSend)
          return { ...response, attempts, failedAttempts: attempts - 1 }
        } catch (error) {
          if (call.signal.aborted || !isEngineError(error)) throw error
          spentMs += sentAt === undefined ? 0 : clock.now() - sentAt
          const delay = delayBefore(error, attempts, rng)
          // What a refusal taught is not sent again, so there can be only a few of these.
          if (error.facts['learned'] !== undefined) lessons += 1
          if (!error.facts.isRetryable || attempts >= maxAttempts + Math.min(lessons, refusableParts.length) || spentMs + delay > maxMs)
            throw givenUp(error, attempts)
          if (delay >= worthTelling) call.onWait?.({ until: clock.now() + delay, reason: `Trying again after: ${error.message}` })
          await clock.sleep(delay, call.signal)
          spentMs += delay
        }
      }
    },
  }
}

/** Milliseconds before the next attempt, after `attempts` of them. */
export function delayBefore(error: EngineError, attempts: number, rng: Pick<Rng, 'random'>): number {
  const asked = error.facts.retryAfterMs
  if (asked !== undefined && asked > 0) return asked
  return Math.floor(rng.random() * Math.min(60_000, 1000 * 2 ** (attempts - 1)))
}

const worthTelling = 1000

function givenUp(error: EngineError, attempts: number): EngineError {
  const message = attempts > 1 ? `${error.message} (${attempts} attempts)` : error.message
  return new EngineError(error.code, message, { ...error.facts, attempts }, error)
}
