import { EngineError } from '../../base/errors'
import { dateOf, type Clock } from '../../base/clock'
import { cameThrough, sentenceOf } from './came-through'
import type { LmLine, LmWait, Outage } from '../lm'

export interface LineOptions {
  readonly clock: Clock
  readonly host: string
  /** Finds out at no cost whether anything answers there; without it every try is a request. */
  readonly knock?: (signal: AbortSignal) => Promise<boolean>
}

type State =
  | { readonly kind: 'up' }
  | { readonly kind: 'resting'; readonly until: number }
  | { readonly kind: 'knocking'; readonly until: number }
  /** The next request that leaves is the one that tries. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'trying'; readonly until: number }

/** The line to an endpoint: see `LmLine`. */
export function createLine({ clock, host, knock }: LineOptions): LmLine {
  let state: State = { kind: 'up' }
  let outage: Outage | undefined
  /** Which outage it is: a knock may come back after the one it belonged to. */
  let number = 0
  let restored: LmWait | undefined
  let unreachable: EngineError | undefined
  let closedUntil = 0
  let lives = 0
  let tries = 0
  let hasGivenUp = false
  let fallen = new Set<object>()
  const listeners: (() => void)[] = []

  function change(next: State): void {
    state = next
    for (const listener of listeners) listener()
  }

  function begin(since: number, error: EngineError): void {
    number += 1
    fallen = new Set()
    outage = { since, error, knock: 'none yet' }
    rest()
  }

  /** True when an endpoint that never answered has had its time. Whoever comes after that finds out anew. */
  function isOver(): boolean {
    if (!outage || lives > 0) return false
    const ms = clock.now() - outage.since
    if (ms < patienceMs(outage)) return false
    unreachable = neverReached(host, outage, ms)
    closedUntil = clock.now() + closedMs
    outage = undefined
    tries = 0
    change({ kind: 'up' })
    return true
  }

  function rest(): void {
    const ms = Math.min(longestRestMs, firstRestMs * 2 ** tries)
    tries += 1
    change({ kind: 'resting', until: clock.now() + ms })
  }

  function live(): void {
    lives += 1
    hasGivenUp = false
    if (!outage) return
    const seconds = Math.round((clock.now() - outage.since) / 1000)
    restored =
      tries < worthTelling ? undefined : { until: clock.now(), reason: `${host} answers again, after ${seconds} s.`, outage: 'over' }
    outage = undefined
    tries = 0
    change({ kind: 'up' })
  }

  async function tryDoor(): Promise<void> {
    if (!outage) return
    if (!knock) return change({ kind: 'ready' })
    const own = number
    const controller = new AbortController()
    change({ kind: 'knocking', until: clock.now() + knockMs })
    clock.sleep(knockMs, controller.signal).then(
      () => controller.abort('nobody came'),
      () => undefined,
    )
    const isHeard = await knock(controller.signal).catch(() => false)
    controller.abort('done')
    // It may have come back meanwhile: a request that was under way got its answer.
    if (!outage || number !== own || state.kind !== 'knocking') return
    outage = { ...outage, knock: isHeard ? 'heard' : 'silent' }
    if (isHeard) change({ kind: 'ready' })
    else if (!isOver()) rest()
  }

  function waitUntil(until: number, down: Outage): LmWait {
    // One connection that was cut is nobody's business.
    if (tries < worthTelling) return { until, reason: '' }
    const since = dateOf(clock, down.since)
    return { until, reason: lives === 0 ? unmetSentence(host, since, down) : outageSentence(host, since, down), outage: 'lasts' }
  }

  return {
    host,
    get lives() {
      return lives
    },
    get outage() {
      return outage
    },
    get restored() {
      return restored
    },
    get unreachable() {
      return unreachable
    },
    wait() {
      if (closedUntil > clock.now()) return { until: closedUntil, reason: '' }
      if (!outage || state.kind === 'up' || state.kind === 'ready') return undefined
      if (state.kind === 'resting' && state.until <= clock.now()) {
        // Not within the call: whoever asks is about to ask again for others.
        state = { kind: 'knocking', until: clock.now() + knockMs }
        void Promise.resolve().then(tryDoor)
      }
      // A request that tries may take longer than was told.
      return waitUntil(state.until > clock.now() ? state.until : clock.now() + tryMs, outage)
    },
    leave() {
      const livesBefore = lives
      const leftAt = clock.now()
      const isAhead = state.kind === 'ready'
      if (isAhead) change({ kind: 'trying', until: clock.now() + tryMs })
      return outcome => {
        const isTrying = isAhead && state.kind === 'trying'
        const came = cameThrough(outcome)
        if (came === 'through') return live()
        if (came === undefined) return isTrying ? change({ kind: 'ready' }) : undefined
        if (lives > livesBefore) return undefined
        if (!outage) return begin(leftAt, came)
        if (isTrying && !isOver()) rest()
      }
    },
    fell(call) {
      fallen.add(call)
      return fallen.size
    },
    giveUpOne() {
      if (hasGivenUp) return false
      hasGivenUp = true
      return true
    },
    onChange(listener) {
      listeners.push(listener)
    },
  }
}

function outageSentence(host: string, since: number, down: Outage): string {
  return `Waiting for ${host}: no answer since ${timeOf(since)}${causeOf(down)}. No row is given up meanwhile; the run goes on by itself.`
}

/** It may be the wrong address, or a server that is not started: whoever reads this is told what will happen, and when. */
function unmetSentence(host: string, since: number, down: Outage): string {
  const end = timeOf(since + patienceMs(down))
  return `Waiting for ${host}: it has not answered once since ${timeOf(since)}${causeOf(down)}. If it still does not by about ${end}, the run ends, keeps all it has and can be resumed.`
}

function neverReached(host: string, { error, knock }: Outage, ms: number): EngineError {
  const time = ms < 120_000 ? `${Math.round(ms / 1000)} seconds` : `${Math.round(ms / 60_000)} minutes`
  const message = `${sentenceOf(error)}${hintOf(error, knock)} ${host} has not answered once in ${time}, so the run ends here. Nothing is lost: resume it when the server can be reached.`
  return new EngineError('lm-unreachable', message, { ...error.facts, isRetryable: false }, error)
}

function hintOf({ code, facts }: EngineError, knock: Outage['knock']): string {
  // A browser gives no reason, and lets nothing be read where a server does not allow it.
  if (code === 'lm-network' && facts['reason'] === undefined && knock === 'heard')
    return ' Something answers at that address, so it may not allow calls from this page: "Test connection" says more.'
  if (code === 'lm-timeout' && knock === 'silent')
    return ' Nothing answers at that address at all: check it, and that the server is running.'
  return ''
}

function causeOf({ error: { facts } }: Outage): string {
  const cause = typeof facts['reason'] === 'string' ? facts['reason'] : facts.status === undefined ? undefined : `status ${facts.status}`
  return cause === undefined ? '' : ` (${cause})`
}

function timeOf(date: number): string {
  return new Date(date).toLocaleTimeString('en-GB')
}

/**
 * How long a run waits for an endpoint that never answered: not long where no connection comes about, for that is most often a wrong address
 * or a server that is not running; longer where something is there, which may be starting.
 */
export function patienceMs({ error, knock }: Pick<Outage, 'error' | 'knock'>): number {
  const isOutOfReach = error.facts.status === undefined && (error.code === 'lm-network' || knock === 'silent')
  return isOutOfReach ? unmetMs : overlongMs
}

const unmetMs = 30_000
/** An outage that lasts longer than a call would be tried for. */
export const overlongMs = 5 * 60_000

const firstRestMs = 500
const longestRestMs = 15_000
/** Tries in vain from which on an outage is told. */
const worthTelling = 2
const knockMs = 10_000
/** So that no call of a run that ends leaves before it has ended. */
const closedMs = 1000
/** For what is shown only: the request's own time decides. */
const tryMs = 30_000
