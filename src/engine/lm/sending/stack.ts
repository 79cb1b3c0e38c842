import type { Rng } from '@/lib/rng'
import type { EngineError, ErrorJson } from '../../base/errors'
import type { CallStore } from '../kept/call-store'
import type { Clock } from '../../base/clock'
import type { BudgetGate } from './budget'
import { cached } from '../kept/cached'
import { dispatch, type Gate } from './dispatch'
import type { AnswerReading, CallKey, Lm, LmWait, ModelSpec } from '../lm'
import { knownFacts, withFacts, type KnownFacts } from './model-facts'
import { knownRefusal } from '../tools-refused'
import type { Places } from '../places'
import { addressedTo } from '../kept/request-key'
import { retrying } from './retrying'
import { singleFlight, type Flights } from '../kept/single-flight'
import type { RequestEnd, SpendNote } from '../spend'

export interface LmStackOptions {
  /** One attempt a call, behind the endpoint's shared queue: what `createConnector` returns. */
  readonly connect: Lm
  /** The places of the run this stack works for; without them only the shared queue decides when a request leaves. */
  readonly places?: Places
  readonly calls: CallStore
  readonly budget: BudgetGate
  readonly clock: Clock
  /** For the jitter of retries only: a stream of its own, since how often it is drawn from depends on the network. */
  readonly rng: Pick<Rng, 'random'>
  readonly failedCalls?: ReadonlyMap<CallKey, { readonly error?: ErrorJson }>
  readonly offline?: boolean
  /** Told when calls have to wait for the provider, once for each new time. */
  readonly onWait?: (wait: LmWait) => void
  /** Awaited before each request leaves: keep it pending to pause the run. */
  readonly gate?: Gate
  /** Told of each request that came back, whoever waited for it. */
  readonly onEnd?: (end: RequestEnd) => void
  /** Awaited before each request leaves: writes down what it may cost. */
  readonly noteSpend?: (note: SpendNote) => Promise<void>
  readonly timeoutMs?: number
  /** Holds the run back where the provider asks for a long pause. Without it such a call fails, and no call waits for the end of an outage. */
  readonly onLongPause?: (wait: LmWait, error: EngineError) => Promise<void>
  /** Holds the run back until somebody has done what the error says; without it such a call fails. */
  readonly onHeld?: (error: EngineError) => Promise<void>
  /** What the model is known to refuse, and where more of it is noted; without it the stack starts with nothing. */
  readonly facts?: KnownFacts
  /** The endpoint that the keys of calls name. */
  readonly endpoint?: string
  /** Requests under way of all stacks that may send the same ones; its own by default. */
  readonly flights?: Flights
  /** Which of the run's models it is, and what that costs. */
  readonly entry?: Pick<ModelSpec, 'id' | 'price'>
  /** Reads the answers of the run. */
  readonly reading?: AnswerReading
}

/** The LM of one run, outermost first: single-flight, cache, the run's places, retry, then pause, queue, budget and the request itself. */
export function lmStack(options: LmStackOptions): Lm {
  const { facts = knownFacts(), endpoint, entry, places, reading } = options
  const connect = withFacts(options.connect, facts)
  const isPatient = options.onLongPause !== undefined
  if (connect.queue) places?.passes(connect.queue)
  const inner = singleFlight(
    cached(
      retrying(dispatch({ ...options, connect, ...(entry?.price && { price: entry.price }) }), () => connect.capabilities, {
        ...options,
        ...(isPatient && connect.line && { line: connect.line }),
      }),
      { ...options, entry: entry?.id, refusal: request => knownRefusal(request, facts.refused) },
    ),
    options.flights,
  )
  const onWait = options.onWait && tellOnce(options.onWait)
  return {
    get capabilities() {
      return connect.capabilities
    },
    ...(endpoint !== undefined && { endpoint }),
    ...(entry && { entry: entry.id }),
    ...(reading && { reading }),
    generate: (request, call) =>
      inner.generate(addressedTo(options, request), { ...call, ...(onWait && { onWait }), ...(!isPatient && { isImpatient: true }) }),
  }
}

/** Thirty calls that wait for the same moment are one piece of news. */
function tellOnce(onWait: (wait: LmWait) => void): (wait: LmWait) => void {
  let latest = 0
  let said = ''
  return wait => {
    if (wait.outage ? wait.until === latest && wait.reason === said : wait.until <= latest) return
    latest = wait.until
    said = wait.reason
    onWait(wait)
  }
}
