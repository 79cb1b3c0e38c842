import type { Adapter } from '../adapters/adapter'
import type { CallKey, Lm, LmRequest, LmResponse, ModelSpec } from '../lm/lm'
import type { Sandbox } from '../sandbox/sandbox'
import type { CallRecord, JournalEvent, RolloutRecord, RunTotals } from './events'

/** Time. Handed in, so that a replay and a test decide what it is. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface StoredCall {
  readonly key: CallKey
  readonly rollout: number
  readonly request: LmRequest
  readonly response: Pick<LmResponse, 'text' | 'finishReason' | 'usage' | 'ms'>
  readonly at: number
}

/** Answers by content address. The first write wins: `add` returns what is stored from then on. */
export interface CallStore {
  get(key: CallKey): Promise<StoredCall | undefined>
  add(call: StoredCall): Promise<StoredCall>
}

/** What one flush writes, in one transaction: what the user has seen is what survives a crash. */
export interface JournalBatch {
  readonly events: readonly JournalEvent[]
  readonly rollouts: readonly RolloutRecord[]
  readonly calls: readonly CallRecord[]
  readonly totals: RunTotals
}

export interface Journal {
  /** Events of an earlier attempt at this run, in order; empty for a new one. */
  readonly recorded: readonly JournalEvent[]
  /** Calls that failed for good in an earlier attempt: a replay fails at the same places. */
  readonly failedCalls: ReadonlyMap<CallKey, CallRecord>
  append(batch: JournalBatch): Promise<void>
}

/** Where the engine meets the world. The page's worker, Node and tests each bring their own. */
export interface RunPorts {
  readonly clock: Clock
  readonly calls: CallStore
  readonly sandbox: Sandbox
  readonly journal: Journal
  readonly adapter: Adapter
  /** The provider's LM behind its shared limiter, one attempt a call: cache, budget and retry are put around it. */
  connect(model: ModelSpec): Lm
}

export type RunCommand = 'pause' | 'resume' | 'stop' | 'cancel'
