import { EngineError, isEngineError } from '../../base/errors'
import type { Clock } from '../../base/clock'
import { isUnsent } from './came-through'
import type { LmCall, LmLine, LmQueue, LmRequest, LmSlot, LmWait, ModelSpec, Outage, SlotOutcome } from '../lm'
import { onAbort } from '@/lib/on-abort'
import { tokenBucket, type TokenBucket } from './token-bucket'
import { estimatePromptTokens, tokenCount } from '../usage'

export interface LimiterOptions {
  readonly clock: Clock
  /** Most requests at once where the user set none. */
  readonly defaultConcurrency?: number
  /** The way to the endpoint, shared with its other models. */
  readonly line?: LmLine
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
export function createLimiter({ clock, defaultConcurrency = 16, line }: LimiterOptions): Limiter {
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
  let pauseReason = askedForPause
  let queue: Waiter[] = []
  /** What the line said last to those who waited in vain. */
  let told = line?.unreachable
  let timer: { readonly at: number; readonly controller: AbortController } | undefined

  function pump(): void {
    turnAway()
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

  /** In an outage a call that somebody waits for fails with its reason; all do when an endpoint that never answered has had its time. */
  function turnAway(): void {
    if (!line) return
    const { outage, unreachable } = line
    const everybody = unreachable !== told ? unreachable : undefined
    told = unreachable
    if (!everybody && !outage) return
    const staying: Waiter[] = []
    for (const waiter of queue) {
      const reason = everybody ?? (waiter.isImpatient && outage ? notLeft(outage) : undefined)
      if (reason) waiter.fail(reason)
      else staying.push(waiter)
    }
    queue = staying
  }

  function currentWait(): LmWait | undefined {
    return line?.wait() ?? ownWait()
  }

  function ownWait(): LmWait | undefined {
    const now = clock.now()
    if (pausedUntil > now) return { until: pausedUntil, reason: pauseReason }
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
    const arrive = line?.leave()
    requests?.take(now, 1)
    tokens?.take(now, estimate)
    let isOpen = true
    return {
      leave(outcome) {
        if (!isOpen) return
        isOpen = false
        active -= 1
        settle(outcome, number, estimate)
        arrive?.(outcome)
        pump()
      },
    }
  }

  function settle(outcome: SlotOutcome, number: number, estimate: number): void {
    const now = clock.now()
    if (outcome.kind === 'unused' || (outcome.kind === 'failed' && isUnsent(outcome.error))) {
      requests?.take(now, -1)
      tokens?.take(now, -estimate)
      return
    }
    if (outcome.kind === 'answered') {
      tokens?.take(now, tokenCount(outcome.usage) - estimate)
      successes += 1
      if (successes >= limit && limit < ceiling) {
        limit += 1
        successes = 0
      }
      return
    }
    const { isCongestion, retryAfterMs, reason } = readRefusal(outcome.error)
    if (isCongestion && number > lastCut) {
      limit = Math.max(1, Math.floor(limit / 2))
      lastCut = sent
      successes = 0
    }
    if (retryAfterMs > 0) {
      pauseReason = reason
      pausedUntil = Math.max(pausedUntil, now + Math.min(retryAfterMs, longestPauseMs))
    }
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

  line?.onChange(pump)

  return {
    enter(request, call) {
      if (call.signal.aborted) return Promise.reject(call.signal.reason)
      if (call.isImpatient && line?.outage)
        return active < limit && !ownWait() ? Promise.resolve(openSlot(estimatedTokens(request))) : Promise.reject(notLeft(line.outage))
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
          isImpatient: call.isImpatient === true,
          told: 0,
          fail(reason) {
            stay()
            reject(reason)
          },
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
  readonly isImpatient: boolean
  told: number
  fail(reason: EngineError): void
  start(slot: LmSlot): void
}

const startLimit = 4
const longestPauseMs = 5 * 60_000
const loadingPauseMs = 1000
const askedForPause = 'The provider asked for a pause.'

/** The try of a call that did not leave, since nothing gets through: as a request would have failed, but nobody saw one. */
function notLeft({ error }: Outage): EngineError {
  const { retryAfterMs: _asked, ...facts } = error.facts
  return new EngineError(error.code, error.message, { ...facts, isRetryable: true, isUnsent: true }, error)
}

function tellWaiter(waiter: Waiter, wait: LmWait): void {
  if (waiter.told >= wait.until || wait.reason === '') return
  waiter.told = wait.until
  waiter.onWait?.(wait)
}

function readRefusal(error: unknown): { readonly isCongestion: boolean; readonly retryAfterMs: number; readonly reason: string } {
  // One question at a time is enough to learn that a model is there.
  if (isEngineError(error) && error.facts['isLoading'] === true)
    return { isCongestion: true, retryAfterMs: loadingPauseMs, reason: error.message }
  const isBusy = isEngineError(error, 'lm-server') && (error.facts.status === 503 || error.facts.status === 529)
  const isCongestion = isBusy || isEngineError(error, 'lm-rate-limit')
  return { isCongestion, retryAfterMs: isCongestion ? (error.facts.retryAfterMs ?? 0) : 0, reason: askedForPause }
}

function estimatedTokens(request: LmRequest): number {
  const answer = request.kind === 'embed' ? 0 : Math.min(request.settings.maxTokens ?? 512, 1024)
  return estimatePromptTokens(request) + answer
}
