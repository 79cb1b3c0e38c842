import type { Rng } from '@/lib/rng'
import { EngineError, isEngineError } from '../../base/errors'
import { dateOf, type Clock } from '../../base/clock'
import { isUnanswered, isUnsent, sentenceOf } from './came-through'
import type { Attempt } from './dispatch'
import { overlongMs } from './line'
import type { Lm, LmLine, LmWait } from '../lm'
import { refusableParts } from '../refusable'

export interface RetryingOptions {
  readonly clock: Clock
  /** For the jitter. */
  readonly rng: Pick<Rng, 'random'>
  readonly maxAttempts?: number
  /** Milliseconds spent on attempts and pauses of one call before it is given up. Waiting in the queue does not count. */
  readonly maxMs?: number
  /** Milliseconds a call waits for a model that is being loaded: the time for one call. */
  readonly timeoutMs?: number
  /** Holds everything back where the provider asks for a longer pause than `maxMs`, until work may go on. Without it the call is given up. */
  readonly onLongPause?: (wait: LmWait, error: EngineError) => Promise<void>
  /** Holds everything back where only somebody's hand can help, such as a key that was forgotten. Without it the call fails. */
  readonly onHeld?: (error: EngineError) => Promise<void>
  /** The way to the endpoint: a failure while nothing gets through is not the call's. Without it each failure counts. */
  readonly line?: LmLine
}

/**
 * The one place that tries again: only failures whose `isRetryable` says that time may cure them. Waits as long as the provider asks,
 * else a random share of 1, 2, 4 … seconds ("full jitter", so that callers refused together do not come back together).
 * A refused connection sends nothing and counts as a try all the same. A failure for good carries `attempts`: how many requests were sent
 * for nothing.
 */
export function retrying(
  attempt: Attempt,
  capabilities: () => Lm['capabilities'],
  { clock, rng, maxAttempts = 6, maxMs = 5 * 60_000, timeoutMs = 120_000, onLongPause, onHeld, line }: RetryingOptions,
): Lm {
  return {
    get capabilities() {
      return capabilities()
    },
    async generate(request, call) {
      /** Requests that left: what is counted and may be billed. */
      let sent = 0
      /** What counts against the call: requests, and those that found nobody to take them. */
      let tried = 0
      let spentMs = 0
      let lessons = 0
      let loadings = 0
      let loadingUntil: number | undefined
      const held = line && heldBy(line, clock)
      for (;;) {
        let sentAt: number | undefined
        const onSend = (): void => {
          sent += 1
          sentAt = clock.now()
        }
        try {
          const response = await attempt(request, call, onSend)
          if (held?.isHeld && line?.restored) call.onWait?.(line.restored)
          return { ...response, attempts: sent, failedAttempts: sent - 1 }
        } catch (error) {
          if (call.signal.aborted || !isEngineError(error)) throw error
          if (sentAt !== undefined && isUnsent(error)) sent -= 1
          if (error.facts['isKeyForgotten'] === true && onHeld) {
            await onHeld(error)
            continue
          }
          if (error.facts['isLoading'] === true) {
            loadingUntil ??= clock.now() + timeoutMs
            const left = loadingUntil - clock.now()
            if (left <= 0) throw givenUp(error, sent)
            const asked = Math.min(error.facts.retryAfterMs ?? Infinity, longestLoadingPause, 500 * 2 ** loadings)
            const delay = Math.min(left, Math.max(worthTelling, asked))
            loadings += 1
            call.onWait?.({ until: clock.now() + delay, reason: `${sentenceOf(error)} Trying again until it is there.` })
            await clock.sleep(delay, call.signal)
            continue
          }
          const pauseMs = error.facts.retryAfterMs ?? 0
          if (error.facts.isRetryable && onLongPause && pauseMs > maxMs) {
            const until = clock.now() + pauseMs
            await onLongPause({ until, reason: longPauseSentence(error, pauseMs, dateOf(clock, until)) }, error)
            continue
          }
          const fault = sentAt === undefined || !held ? 'of the call' : held.after(error)
          if (fault === 'of the endpoint') continue
          if (fault !== 'of the call') throw givenUp(fault, sent)
          tried += 1
          if (sentAt !== undefined) spentMs += clock.now() - sentAt
          // What a refusal taught is not sent again, so there can be only a few of these.
          if (error.facts['learned'] !== undefined) lessons += 1
          const delay = delayBefore(error, tried, rng)
          const mostTries = maxAttempts + Math.min(lessons, refusableParts.length)
          if (!error.facts.isRetryable || tried >= mostTries || spentMs + delay > maxMs) throw givenUp(error, sent, tried)
          if (delay >= worthTelling) call.onWait?.({ until: clock.now() + delay, reason: `Trying again after: ${error.message}` })
          await clock.sleep(delay, call.signal)
          spentMs += delay
        }
      }
    },
  }
}

/** What one call has to do with the outages of its endpoint. */
interface Held {
  /** It failed in an outage. */
  readonly isHeld: boolean
  /**
   * Whose fault a failure is. One of the endpoint says nothing about the call: it lines up again, and leaves when the endpoint answers. A
   * call that failed, and again after others got through, is at fault itself as long as anything is heard of the server and no other call
   * fails with it. With nobody else to try, a call that never gets through looks like an outage: then one is given up after a long time.
   * An error is what the call ends with.
   */
  after(error: EngineError): 'of the call' | 'of the endpoint' | EngineError
}

function heldBy(line: LmLine, clock: Clock): Held {
  let isHeld = false
  let isSuspect = false
  let livesAtFailure: number | undefined
  /** Failures since something got through last. */
  let failures = 0
  const before = line.unreachable
  const self = {}
  return {
    get isHeld() {
      return isHeld
    },
    after(error) {
      if (!isUnanswered(error)) return 'of the call'
      if (line.unreachable && line.unreachable !== before) return line.unreachable
      if (livesAtFailure !== undefined && line.lives > livesAtFailure) isSuspect = true
      failures = livesAtFailure === line.lives ? failures + 1 : 1
      livesAtFailure = line.lives
      const { outage } = line
      if (!outage) return isSuspect ? 'of the call' : 'of the endpoint'
      const isAlone = line.fell(self) === 1
      const isOverlong = clock.now() - outage.since > overlongMs
      if (isSuspect && outage.knock !== 'silent' && (isAlone || isOverlong)) return 'of the call'
      if (isOverlong && outage.knock === 'heard' && failures >= fewFailures && line.giveUpOne()) return error
      isHeld = true
      return 'of the endpoint'
    },
  }
}

const fewFailures = 3

/** Milliseconds before the next try, after `tried` of them. */
export function delayBefore(error: EngineError, tried: number, rng: Pick<Rng, 'random'>): number {
  const asked = error.facts.retryAfterMs
  if (asked !== undefined && asked > 0) return asked
  return Math.floor(rng.random() * Math.min(60_000, 1000 * 2 ** (tried - 1)))
}

const worthTelling = 1000
const longestLoadingPause = 5000

function longPauseSentence(error: EngineError, pauseMs: number, until: number): string {
  const minutes = Math.ceil(pauseMs / 60_000)
  const time = minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
  const isFar = minutes > 12 * 60
  const clockTime = new Date(until).toLocaleString('en-GB', {
    ...(isFar && { weekday: 'long', day: 'numeric', month: 'long' }),
    hour: '2-digit',
    minute: '2-digit',
  })
  return `The run is paused: ${sentenceOf(error)} The provider asks to wait for ${time}; it goes on by itself ${isFar ? 'on' : 'at'} ${clockTime}. No row is given up meanwhile. Resume it to try at once, or stop it to keep what it has.`
}

/** `sent` is what was paid for; the words tell how often it was tried. */
function givenUp(error: EngineError, sent: number, tried = sent): EngineError {
  const message = tried > 1 ? `${error.message} (${tried} attempts)` : error.message
  return new EngineError(error.code, message, { ...error.facts, attempts: sent }, error)
}
