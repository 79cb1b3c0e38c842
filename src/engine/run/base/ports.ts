import type { Clock } from '../../base/clock'
import type { ReadingNotes } from '../../lm/answer-reading'
import type { CallStore } from '../../lm/kept/call-store'
import type { LiveKeys } from '../../lm/keys/live-keys'
import type { CallKey, Lm, ModelSpec } from '../../lm/lm'
import type { ToolHost } from '../../tools/tool-kind'
import type { SpendNote, Spent } from '../../lm/spend'
import type { CodeRunner } from '../../user-code/code-runner'
import type { ErrorJson } from '../../base/errors'
import type { CallRecord, JournalEvent, MeterEvent, RolloutRecord, RunResult, RunTotals } from '../../record/events'

/**
 * What one flush writes, in one transaction: what the user has seen is what survives a crash. Of several `calls` with one key,
 * the first that was paid stands: a resumed run reports the same answer again as cached.
 */
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
  readonly runner: CodeRunner
  readonly journal: Journal
  /** The provider's LM behind its shared limiter, one attempt a call: cache, budget and retry are put around it. */
  connect(model: ModelSpec): Lm
  /** Totals of earlier attempts at this run, so that its caps hold across a resume. */
  readonly spentBefore?: RunTotals
  /** Answers among them, with their cost, that were on disk when an attempt was killed, and whose record of what they were for was not. */
  readonly unnotedBefore?: ReadonlyMap<CallKey, number | undefined>
  /**
   * What earlier attempts count for the caps, where that is more than the totals say: requests whose end nobody saw count as
   * their worst case. See `noteSpend`.
   */
  readonly capsBefore?: Spent
  /** What of `capsBefore` nobody saw the end of: a cap that it uses up says so. */
  readonly lostBefore?: Spent
  /**
   * Writes down the budget before a request leaves, and resolves when that is on disk, so that the caps of a killed run hold to
   * the last request. Rejects when the run has been taken over: then nothing is sent. Not asked for models of this machine's own.
   */
  readonly noteSpend?: (note: SpendNote) => Promise<void>
  /** Where the answer that is being read is noted; without it one that breaks its reader breaks it again in every attempt. */
  readonly reading?: ReadingNotes
  /** Milliseconds earlier attempts ran; they count for the time cap. */
  readonly elapsedBefore?: number
  /** True sends nothing: every answer must be recorded. For replays from the record. */
  readonly offline?: boolean
  /** True for a try that somebody waits for: a provider that asks for a long pause ends the call instead of pausing everything. */
  readonly isImpatient?: boolean
  /** How tools reach outside; absent where nothing may be reached. A replay needs none. */
  readonly tools?: ToolHost
  /** Milliseconds one request may take. */
  readonly timeoutMs?: number
  /**
   * The keys in use. What comes from a provider holds none already; whatever is written or told is looked through once more, because values
   * are decoded, joined and computed on the way. None that was known while the run went on is dropped before its end.
   */
  readonly keys?: Pick<LiveKeys, 'masker' | 'open'>
}

export type RunCommand = 'pause' | 'resume' | 'stop' | 'cancel'

export const liveStatuses = ['running', 'paused', 'done', 'stopped', 'capped', 'cancelled', 'failed'] as const
export type LiveStatus = (typeof liveStatuses)[number]

/** What the listener of a run gets, after it was written. */
export interface RunBatch {
  readonly status: LiveStatus
  readonly events: readonly JournalEvent[]
  readonly rollouts: readonly RolloutRecord[]
  /** Node starts and ends (row runs only) and waits for the provider. */
  readonly meters: readonly MeterEvent[]
  readonly totals: RunTotals
  /** Why the run paused by itself: there is no room left to write, the provider asked for a long pause (`facts.until`), or a key was forgotten (`facts.isKeyForgotten`). */
  readonly problem?: ErrorJson
}
export type RunListener = (batch: RunBatch) => void

export type CapName = keyof Spent | 'time'

export interface RunOutcome {
  readonly status: Exclude<LiveStatus, 'running' | 'paused'>
  /** Why it ended. */
  readonly sentence: string
  readonly result?: RunResult
  readonly error?: ErrorJson
  readonly totals: RunTotals
  /** The cap that ended it. `raiseTo` leaves the room that requests took whose end nobody saw; absent where there were none. */
  readonly cap?: { readonly name: CapName; readonly raiseTo?: number }
  /** Hash of the story without times: the same for the same spec, seed and answers. */
  readonly digest: string
  /** The first place where a replay left its record. */
  readonly divergence?: { readonly seq: number; readonly expected: string; readonly got: string }
}

export interface RunHandle {
  /** Never rejects: a failure is an outcome. */
  readonly done: Promise<RunOutcome>
  command(command: RunCommand): void
}
