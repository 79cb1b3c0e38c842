import { isEngineError } from '../base/errors'
import type { Clock } from '../base/clock'
import type { LmCall, LmQueue, LmRequest, LmSlot, LmWait, ModelSpec, SlotOutcome } from './lm'
import { onAbort } from '../base/on-abort'
import { tokenBucket, type TokenBucket } from './token-bucket'
import { estimatePromptTokens } from './usage'

export interface LimiterOptions {
  readonly clock: Clock
  /** Most requests at once where the user set none. */
  readonly defaultConcurrency?: number
}

/** The shared queue of one model at one endpoint. */
export interface Limiter extends LmQueue {
  /** Takes new limits of the user; those of the latest call hold for everybody. */
  configure(limits: ModelSpec['limits']): void
  readonly state: { readonly active: number; readonly queued: number; readonly limit: number; readonly pausedUntil: number }
}

/**
 * First come, first served, under four limits at once: requests in flight, requests a minute, tokens a minute, and a pause
 * the provider asked for. Requests in flight are found by AIMD (additive increase, multiplicative decrease): one more after each
 * window of successes, half after a refusal; providers hide their rate headers from web pages, so there is nothing else to go by.
 */
export function createLimiter({ clock, defaultConcurrency = 16 }: LimiterOptions): Limiter {
  let ceiling = defaultConcurrency
  let limit = Math.min(startLimit, ceiling)
  let chosen: number | undefined
  let requests: TokenBucket | undefined
  let tokens: TokenBucket | undefined
  let perMinute: { readonly requests?: number; readonly tokens?: number } = {}

  let active = 0
  let sent = 0
  let successes = 0
  /** A refusal counts only for requests sent after the last cut, so that a burst of refusals halves once. */
  let lastCut = 0
  let pausedUntil = 0
  let queue: Waiter[] = []
  let timer: { readonly at: number; readonly controller: AbortController } | undefined

  function pump(): void {
    while (queue.length > 0 && active < limit) {
      const wait = currentWait()
      if (wait) {
        wakeAt(wait.until)
        for (const waiter of queue) tellWaiter(waiter, wait)
        return
      }
      const waiter = queue.shift()
      waiter?.start(openSlot(waiter.tokens))
    }
    if (queue.length === 0) cancelTimer()
  }

  function currentWait(): LmWait | undefined {
    const now = clock.now()
    if (pausedUntil > now) return { until: pausedUntil, reason: 'The provider asked for a pause.' }
    const forRequests = requests?.waitMs(now) ?? 0
    const forTokens = tokens?.waitMs(now) ?? 0
    if (forRequests === 0 && forTokens === 0) return undefined
    return forRequests >= forTokens
      ? { until: now + forRequests, reason: 'Waiting for the requests per minute you set for this model.' }
      : { until: now + forTokens, reason: 'Waiting for the tokens per minute you set for this model.' }
  }

  function openSlot(estimate: number): LmSlot {
    const number = ++sent
    const now = clock.now()
    active += 1
    requests?.take(now, 1)
    tokens?.take(now, estimate)
    let isOpen = true
    return {
      leave(outcome) {
        if (!isOpen) return
        isOpen = false
        active -= 1
        settle(outcome, number, estimate)
        pump()
      },
    }
  }

  function settle(outcome: SlotOutcome, number: number, estimate: number): void {
    const now = clock.now()
    if (outcome.kind === 'unused') {
      requests?.take(now, -1)
      tokens?.take(now, -estimate)
      return
    }
    if (outcome.kind === 'answered') {
      tokens?.take(now, outcome.usage.inputTokens + outcome.usage.outputTokens - estimate)
      successes += 1
      if (successes >= limit && limit < ceiling) {
        limit += 1
        successes = 0
      }
      return
    }
    const { isCongestion, retryAfterMs } = readRefusal(outcome.error)
    if (isCongestion && number > lastCut) {
      limit = Math.max(1, Math.floor(limit / 2))
      lastCut = sent
      successes = 0
    }
    if (retryAfterMs > 0) pausedUntil = Math.max(pausedUntil, now + Math.min(retryAfterMs, longestPauseMs))
  }

  function wakeAt(at: number): void {
    if (timer && timer.at <= at && timer.at > clock.now()) return
    cancelTimer()
    const controller = new AbortController()
    timer = { at, controller }
    clock.sleep(Math.max(0, at - clock.now()), controller.signal).then(
      () => {
        if (timer?.controller === controller) timer = undefined
        pump()
      },
      () => undefined,
    )
  }

  function cancelTimer(): void {
    timer?.controller.abort()
    timer = undefined
  }

  return {
    enter(request, call) {
      if (call.signal.aborted) return Promise.reject(call.signal.reason)
      if (queue.length === 0 && active < limit && !currentWait()) return Promise.resolve(openSlot(estimatedTokens(request)))
      return new Promise((resolve, reject) => {
        const stay = onAbort(call.signal, () => {
          queue = queue.filter(other => other !== waiter)
          if (queue.length === 0) cancelTimer()
          reject(call.signal.reason)
        })
        const waiter: Waiter = {
          tokens: estimatedTokens(request),
          onWait: call.onWait,
          told: 0,
          start(slot) {
            stay()
            resolve(slot)
          },
        }
        queue.push(waiter)
        pump()
      })
    },
    configure(limits) {
      const wanted = limits?.concurrency
      if (wanted !== chosen || wanted === undefined) {
        ceiling = Math.max(1, wanted ?? defaultConcurrency)
        // A number the user chose is reached at once; only a guessed one is felt out.
        limit = wanted !== undefined && wanted !== chosen ? ceiling : Math.min(limit, ceiling)
        chosen = wanted
      }
      if (limits?.requestsPerMinute !== perMinute.requests) requests = tokenBucket(limits?.requestsPerMinute, clock.now())
      if (limits?.tokensPerMinute !== perMinute.tokens) tokens = tokenBucket(limits?.tokensPerMinute, clock.now())
      perMinute = { requests: limits?.requestsPerMinute, tokens: limits?.tokensPerMinute }
      pump()
    },
    get limit() {
      return limit
    },
    get state() {
      return { active, queued: queue.length, limit, pausedUntil }
    },
  }
}

interface Waiter {
  readonly tokens: number
  readonly onWait: LmCall['onWait']
  told: number
  start(slot: LmSlot): void
}

const startLimit = 4
const longestPauseMs = 5 * 60_000

function tellWaiter(waiter: Waiter, wait: LmWait): void {
  if (waiter.told >= wait.until) return
  waiter.told = wait.until
  waiter.onWait?.(wait)
}

function readRefusal(error: unknown): { readonly isCongestion: boolean; readonly retryAfterMs: number } {
  const isBusy = isEngineError(error, 'lm-server') && (error.facts.status === 503 || error.facts.status === 529)
  const isCongestion = isBusy || isEngineError(error, 'lm-rate-limit')
  return { isCongestion, retryAfterMs: isCongestion ? (error.facts.retryAfterMs ?? 0) : 0 }
}

function estimatedTokens(request: LmRequest): number {
  const answer = request.task === 'embed' ? 0 : Math.min(request.settings.maxTokens ?? 512, 1024)
  return estimatePromptTokens(request) + answer
}
