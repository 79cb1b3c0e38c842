import { EngineError } from '../../base/errors'
import type { Clock } from '../../base/clock'
import type { Budget } from '../spend'
import type { CallKey, LmRequest, Price, Usage } from '../lm'
import { onAbort } from '@/lib/on-abort'
import { nothingSpent, type Reservation, type SpendNote, type Spent } from '../spend'
import { tokenCount, worstCaseTokens } from '../usage'

/**
 * The caps of one run. A request may leave only when what was spent, plus the worst case of everything on its way, plus its own
 * worst case fits; so no cap is passed by any number of concurrent calls. A request without "max tokens" is taken to answer with
 * at most `assumedMaxOutputTokens`: only there an answer can be longer than what was set aside.
 */
export interface BudgetGate {
  /** Sets room aside, synchronously, for a request to a model of this price. Throws `budget-exhausted` when a cap leaves none. */
  reserve(request: LmRequest, price?: Price): Reservation
  /** Like `reserve`, but undefined while calls on their way might still give back the room that is missing. */
  tryReserve(request: LmRequest, price?: Price, key?: CallKey): Reservation | undefined
  /** Resolves when a call on its way has given back what it did not use; rejects when the signal aborts. */
  nextSettled(signal: AbortSignal): Promise<void>
  /** The request came back: real usage, or undefined when nobody knows what was billed, which counts as the worst case. */
  settle(reservation: Reservation, usage: Usage | undefined): void
  /** The request was never sent. */
  release(reservation: Reservation): void
  readonly spent: Spent
  /** To be written down before a request leaves, so that one whose end nobody sees still counts. */
  note(): SpendNote
}

/** What earlier attempts at the same run used: a resumed run keeps its caps. */
export interface SpentAlready extends Partial<Spent> {
  readonly ms?: number
  /** What of it nobody saw the end of, at its worst case. */
  readonly lost?: Spent
}

export function createBudget(budget: Budget, clock: Clock, already: SpentAlready = {}): BudgetGate {
  const startedAt = clock.now() - (already.ms ?? 0)
  const spent = { calls: already.calls ?? 0, tokens: already.tokens ?? 0, cost: already.cost ?? 0 }
  const onTheWay = new Map<Reservation, Price | undefined>()
  let reserved = nothingSpent
  let waiting: (() => void)[] = []

  function worstCase(request: LmRequest, price: Price | undefined, key?: CallKey): Reservation {
    const { input, output } = worstCaseTokens(request)
    const cost = price ? costOf(price, input, output) : 0
    return { model: request.model, tokens: input + output, cost, ...(key !== undefined && { key }) }
  }

  function shortage(wanted: Reservation, held: Spent): EngineError | undefined {
    const { maxCalls, maxTokens, maxCost, maxMs } = budget
    if (maxMs !== undefined && clock.now() - startedAt >= maxMs)
      return exhausted('time', `The time limit of ${seconds(maxMs)} for this run is used up.`)
    if (maxCalls !== undefined && spent.calls + held.calls + 1 > maxCalls)
      return exhausted('calls', `The cap of ${plain(maxCalls)} LM calls for this run is used up.`, lostRoom('calls', maxCalls))
    if (maxTokens !== undefined && spent.tokens + held.tokens + wanted.tokens > maxTokens)
      return exhausted(
        'tokens',
        `The cap of ${plain(maxTokens)} tokens leaves no room for a request of up to ${plain(wanted.tokens)}: ${plain(spent.tokens)} are used. Raise the cap or lower "max tokens".`,
        lostRoom('tokens', maxTokens),
      )
    if (maxCost !== undefined && spent.cost + held.cost + wanted.cost > maxCost)
      return exhausted(
        'cost',
        `The cap of ${inDollars(maxCost)} leaves no room for a request of up to ${inDollars(wanted.cost)}: ${inDollars(spent.cost)} is used. Raise the cap or lower "max tokens".`,
        lostRoom('cost', maxCost),
      )
    return undefined
  }

  const lostRoom = (name: keyof Spent, cap: number): LostRoom | undefined => roomLost(name, cap, already.lost)

  function take(reservation: Reservation, price: Price | undefined): Reservation {
    onTheWay.set(reservation, price)
    reserved = { calls: reserved.calls + 1, tokens: reserved.tokens + reservation.tokens, cost: reserved.cost + reservation.cost }
    return reservation
  }

  function giveBack(reservation: Reservation): void {
    if (!onTheWay.delete(reservation)) throw new Error('a reservation was given back twice')
    // Exactly zero when idle, so that float error cannot pile up over thousands of calls.
    reserved =
      onTheWay.size === 0
        ? nothingSpent
        : { calls: reserved.calls - 1, tokens: reserved.tokens - reservation.tokens, cost: reserved.cost - reservation.cost }
    const woken = waiting
    waiting = []
    for (const wake of woken) wake()
  }

  function tryReserve(request: LmRequest, price?: Price, key?: CallKey): Reservation | undefined {
    const wanted = worstCase(request, price, key)
    const reason = shortage(wanted, reserved)
    if (!reason) return take(wanted, price)
    if (onTheWay.size > 0 && !shortage(wanted, nothingSpent)) return undefined
    throw reason
  }

  return {
    tryReserve,
    reserve(request, price) {
      const wanted = worstCase(request, price)
      const reason = shortage(wanted, reserved)
      if (reason) throw reason
      return take(wanted, price)
    },
    nextSettled(signal) {
      if (onTheWay.size === 0) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const wake = (): void => {
          stay()
          resolve()
        }
        waiting.push(wake)
        const stay = onAbort(signal, () => {
          waiting = waiting.filter(other => other !== wake)
          reject(signal.reason)
        })
      })
    },
    settle(reservation, usage) {
      const price = onTheWay.get(reservation)
      spent.calls += 1
      spent.tokens += usage ? tokenCount(usage) : reservation.tokens
      spent.cost += usage ? (price ? costOf(price, usage.inputTokens, usage.outputTokens) : 0) : reservation.cost
      giveBack(reservation)
    },
    release: giveBack,
    get spent() {
      return { ...spent }
    },
    note: () => ({ spent: { ...spent }, open: [...onTheWay.keys()] }),
  }
}

/** US dollars of a call; prices are per million tokens. */
export function costOf(price: Price, inputTokens: number, outputTokens: number): number {
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000
}

/** What requests whose end nobody saw take of a cap. */
export interface LostRoom {
  readonly sentence: string
  /** The cap that leaves the same room without them. */
  readonly raiseTo: number
}

/** Undefined where nothing of the cap was lost. */
export function roomLost(name: keyof Spent, cap: number, lost: Spent = nothingSpent): LostRoom | undefined {
  const amount = lost[name]
  if (amount <= 0) return undefined
  const raiseTo = name === 'cost' ? Math.ceil((cap + amount) * 1e6) / 1e6 : Math.ceil(cap + amount)
  const shown = { calls: '', tokens: ` with up to ${plain(amount)} tokens`, cost: ` with up to ${inDollars(amount)}` }[name]
  const to = { calls: `${plain(raiseTo)} calls`, tokens: `${plain(raiseTo)} tokens`, cost: inDollars(raiseTo) }[name]
  const sentence =
    lost.calls === 1
      ? `1 call was under way when this run was interrupted; it may have been paid for, and counts${shown}.`
      : `${plain(lost.calls)} calls were under way when this run was interrupted; they may have been paid for, and count${shown}.`
  return { raiseTo, sentence: `${sentence} To go on with as much as before, raise the cap to ${to} and resume.` }
}

function exhausted(cap: 'calls' | 'tokens' | 'cost' | 'time', message: string, lost?: LostRoom): EngineError {
  return new EngineError('budget-exhausted', lost ? `${message} ${lost.sentence}` : message, {
    cap,
    ...(lost && { raiseTo: lost.raiseTo }),
  })
}

function plain(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `$2.50`, `$0.0012`: two digits where it is small. */
export function inDollars(amount: number): string {
  return `$${amount >= 1 ? amount.toFixed(2) : amount.toPrecision(2)}`
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${plain(ms / 1000)} s` : `${plain(ms / 60_000)} min`
}
