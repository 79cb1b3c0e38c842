import type { JournalEvent, RolloutRecord, CallRecord, RunResult, RunTotals } from '@/engine/record/events'
import { liveStatuses, type RunOutcome } from '@/engine/run/base/ports'
import type { RunKind, RunSpec } from '@/engine/record/spec'
import type { ErrorJson } from '@/engine/base/errors'

export type RunId = string

/**
 * `interrupted` is never written: it is a run that is `running` while nobody holds its lock.
 */
export const runStatuses = ['queued', ...liveStatuses] as const
export type RunStatus = (typeof runStatuses)[number]

/** Runs that may still go on: their answers are never thrown out of the call cache. */
export const unfinishedStatuses: readonly RunStatus[] = ['queued', 'running', 'paused', 'stopped', 'capped', 'failed']

/** False for a run that has ended, however it did; one that was interrupted says that it is under way. */
export function isUnderWay(status: RunStatus): boolean {
  return status === 'queued' || status === 'running' || status === 'paused'
}

export interface RunRecord {
  readonly id: RunId
  readonly projectId: string
  readonly kind: RunKind
  readonly title: string
  readonly status: RunStatus
  readonly spec: RunSpec
  readonly createdAt: number
  /** Present: it came from a file, and its answers are its own (see `run-answers.ts`). */
  readonly importedAt?: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** Raised by whoever takes the run over; a write with an older epoch is refused. */
  readonly epoch: number
  readonly heartbeatAt: number
  readonly totals: RunTotals
  /** Milliseconds all attempts ran so far: what the time cap counts. */
  readonly activeMs?: number
  /** Why it ended, as a sentence. */
  readonly finish?: string
  readonly result?: RunResult
  readonly error?: ErrorJson
  /** Hash of the story without times: equal for a run that went through and one that was killed and resumed. */
  readonly digest?: string
  /** The first place where a resumed run left its record. */
  readonly divergence?: RunOutcome['divergence']
}

export type TryId = string

export const tryKinds = ['try', 'check'] as const
export const tryStatuses = ['running', 'done', 'stopped', 'capped', 'failed'] as const

/** Something that asked a model and is no run: it leaves nothing but what it used. */
export interface TryRecord {
  readonly id: TryId
  readonly projectId: string
  /** `try`: the program on some rows, for a look at a metric. `check`: of an export, or of a connection. */
  readonly kind: (typeof tryKinds)[number]
  readonly title: string
  /** One that is `running` while nobody holds its lock was interrupted. */
  readonly status: (typeof tryStatuses)[number]
  readonly startedAt: number
  readonly endedAt?: number
  /** Requests that had left when it was interrupted are among the calls. */
  readonly totals: RunTotals
  /** Why it ended before it was through. */
  readonly finish?: string
}

export type StoredEvent = JournalEvent & { readonly runId: RunId }
export type StoredRollout = RolloutRecord & { readonly runId: RunId }
export type StoredRunCall = CallRecord & { readonly runId: RunId }
