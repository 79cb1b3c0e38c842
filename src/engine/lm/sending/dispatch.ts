import { EngineError, isEngineError } from '../../base/errors'
import type { Clock } from '../../base/clock'
import { isUnsent } from './came-through'
import { costOf, type BudgetGate } from './budget'
import { createDeadlines, type Deadlines } from './deadlines'
import { tellLateFirstAnswer } from './first-answer'
import { onAbort } from '@/lib/on-abort'
import type { Lm, LmCall, LmRequest, LmResponse, Price, Usage } from '../lm'
import { callKey } from '../kept/request-key'
import type { RequestEnd, Reservation, SpendNote } from '../spend'
import { cutUsage } from '../usage'

/** One request to the provider. `onSend` is called in the moment it leaves, and not at all when it never does. */
export type Attempt = (request: LmRequest, call: LmCall, onSend: () => void) => Promise<LmResponse>

/** Resolves while requests may leave, at once when nothing holds them back; a paused run keeps it pending. */
export type Gate = (signal: AbortSignal) => Promise<void>

export interface DispatchOptions {
  readonly connect: Lm
  readonly budget: BudgetGate
  readonly clock: Clock
  readonly gate?: Gate
  /** Writes down what is about to be spent. Awaited before each request leaves: one that cannot be noted is not sent. */
  readonly noteSpend?: (note: SpendNote) => Promise<void>
  /** Told of each request that came back. */
  readonly onEnd?: (end: RequestEnd) => void
  /** What a request costs here; absent where it is unknown. */
  readonly price?: Price
  /** Milliseconds one attempt may take before it counts as failed. Raise it for slow reasoning models. */
  readonly timeoutMs?: number
}

/**
 * Decides at the last moment whether a request leaves: the gate is open, a place in the queue is taken, the budget has room and
 * what it may cost is written down. A place is given back while the run is paused or the budget
 * waits for calls on their way, so that other runs on the same endpoint move on.
 */
export function dispatch({ connect, budget, clock, gate, noteSpend, onEnd, price, timeoutMs = 120_000 }: DispatchOptions): Attempt {
  const deadlines = createDeadlines(clock, timeoutMs)
  return async (request, call, onSend) => {
    for (;;) {
      call.signal.throwIfAborted()
      await gate?.(call.signal)
      const slot = await connect.queue?.enter(request, call)
      let reservation: Reservation | undefined
      let isReady = false
      try {
        call.signal.throwIfAborted()
        if (gate && slot && !(await isOpenNow(gate, call.signal))) continue
        reservation = budget.tryReserve(request, price, noteSpend && callKey(request, call.rollout))
        isReady = reservation !== undefined && (!noteSpend || (await isNoted({ budget, noteSpend, gate }, call, reservation)))
      } finally {
        if (!isReady) slot?.leave({ kind: 'unused' })
      }
      if (!reservation) await budget.nextSettled(call.signal)
      if (!reservation || !isReady) continue
      onSend()
      return send({ connect, budget, clock, deadlines, timeoutMs, onEnd, price }, request, { ...call, slot }, reservation)
    }
  }
}

/** False when the run was paused or stopped while the note was written: the room is given back and the request waits again. */
async function isNoted(
  { budget, noteSpend, gate }: Pick<DispatchOptions, 'budget' | 'gate'> & Required<Pick<DispatchOptions, 'noteSpend'>>,
  { signal }: LmCall,
  reservation: Reservation,
): Promise<boolean> {
  try {
    await noteSpend(budget.note())
    if (!signal.aborted && (!gate || (await isOpenNow(gate, signal)))) return true
  } catch (error) {
    budget.release(reservation)
    throw error
  }
  budget.release(reservation)
  // Not waited for: the older note says too much, which is the safe side.
  noteSpend(budget.note()).catch(() => undefined)
  return false
}

interface SendOptions extends Pick<DispatchOptions, 'connect' | 'budget' | 'clock' | 'onEnd' | 'price'> {
  readonly deadlines: Deadlines
  readonly timeoutMs: number
}

async function send(
  { connect, budget, clock, deadlines, timeoutMs, onEnd, price }: SendOptions,
  request: LmRequest,
  call: LmCall,
  reservation: Reservation,
): Promise<LmResponse> {
  const controller = new AbortController()
  const stay = onAbort(call.signal, () => controller.abort(call.signal.reason))
  let hasBegun = false
  const { line } = connect
  const heard = line?.lives === 0 && call.onWait ? tellLateFirstAnswer(line, clock, { onWait: call.onWait, timeoutMs }) : undefined
  const came = call.onDelta && heardOf(call.onDelta, controller.signal)
  const onBegin = (): void => {
    hasBegun = true
    heard?.()
  }
  const inTime = deadlines.start(() => controller.abort(timedOut(timeoutMs, hasBegun)))
  try {
    const response = await untilAborted(
      connect.generate(request, { ...call, ...(came && { onDelta: came.tell }), onBegin, signal: controller.signal }),
      controller.signal,
    )
    const { usage } = response
    budget.settle(reservation, usage)
    const paid = price && { cost: costOf(price, usage.inputTokens, usage.outputTokens) }
    onEnd?.({ purpose: call.purpose, isAnswered: true, usage, ...paid })
    return { ...response, ...paid }
  } catch (error) {
    // Also where the provider ignores its signal and never returns.
    call.slot?.leave({ kind: 'failed', error })
    // Nothing has left, so nothing is counted.
    if (isUnsent(error)) {
      budget.release(reservation)
      throw error
    }
    budget.settle(reservation, mayBeBilled(error) ? undefined : nothingBilled)
    const cut = call.signal.aborted ? came?.usage(request) : undefined
    if (cut)
      onEnd?.({
        purpose: call.purpose,
        isAnswered: false,
        cut: { usage: cut, ...(price && { cost: costOf(price, cut.inputTokens, cut.outputTokens) }) },
      })
    else if (!call.signal.aborted) onEnd?.({ purpose: call.purpose, isAnswered: false })
    throw error
  } finally {
    inTime()
    heard?.()
    stay()
  }
}

/** Counts what comes of an answer in pieces: of one that is given up, nothing else is known. */
function heardOf(
  onDelta: NonNullable<LmCall['onDelta']>,
  signal: AbortSignal,
): { tell: typeof onDelta; usage(request: LmRequest): Usage | undefined } {
  let letters = 0
  return {
    tell(delta) {
      if (signal.aborted) return
      if (delta.type !== 'begin') letters += delta.text.length
      onDelta(delta)
    },
    usage: request => (letters === 0 ? undefined : cutUsage(request, letters)),
  }
}

/** A provider that ignores its signal must not hold up a stop. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    onAbort(signal, () => reject(signal.reason))
    work.then(resolve, reject)
  })
}

/** True when the gate lets pass without waiting: an open one resolves within a few microtasks, a closed one does not. */
async function isOpenNow(gate: Gate, signal: AbortSignal): Promise<boolean> {
  let isOpen = false
  gate(signal).then(
    () => {
      isOpen = true
    },
    () => undefined,
  )
  for (let tick = 0; tick < 4 && !isOpen; tick++) await Promise.resolve()
  return isOpen
}

/** Nothing was billed where the provider refused in so many words; after anything else nobody knows. */
function mayBeBilled(error: unknown): boolean {
  if (!isEngineError(error)) return true
  return error.code === 'lm-timeout' || error.code === 'lm-network' || error.code === 'lm-bad-response'
}

const nothingBilled = { inputTokens: 0, outputTokens: 0 }

function timedOut(timeoutMs: number, hasBegun: boolean): EngineError {
  const time = timeoutMs < 1000 ? `${timeoutMs} ms` : `${Math.round(timeoutMs / 1000)} s`
  const happened = hasBegun
    ? `The provider began an answer and did not come to its end within ${time}.`
    : `The provider did not answer within ${time}.`
  return new EngineError('lm-timeout', `${happened} Try again later, or ask for shorter answers.`, {
    isRetryable: true,
    timeoutMs,
    ...(hasBegun && { hasBegun }),
  })
}
