import { isFatalError, type ErrorJson } from '../../base/errors'
import type { PredictorId } from '../../program/program'
import type { CallKey, CallPurpose } from '../../lm/lm'
import type { SpanCall } from '../../trace/span'
import type { CallRecord, ModelRole } from '../../record/events'
import type { Tally } from './tally'

/** Where a call belongs in its run. */
export interface CallPlace {
  readonly purpose: CallPurpose
  readonly role: ModelRole
  readonly batch: number
  /** Absent for a call that belongs to no row. */
  readonly exampleId?: string
}

/** Turns requests into records of the run, each key once. */
export interface CallLog {
  add(place: CallPlace, predictor: PredictorId | undefined, call: SpanCall, isAnswered: boolean): void
  /** The batch went through: its failures are part of the run from now on, and a replay repeats them. */
  settle(batch: number): void
  /** The run ends: failures of unfinished batches are kept, marked as not binding. */
  close(): void
}

/**
 * Adds each failure to `failures`, where the stacks look first: a call that failed for good fails again for the rest of the run. The
 * record holds one outcome a call, so an answer later on would make a replay take another turn than the run took.
 */
export function createCallLog(tally: Tally, write: (record: CallRecord) => void, failures: Map<CallKey, CallRecord> = new Map()): CallLog {
  const seen = new Set<CallKey>()
  const failed = new Map<number, CallRecord[]>()
  return {
    add({ purpose, role, batch, exampleId }, predictor, call, isAnswered) {
      if (!isAnswered && isOwnDoing(call.error)) return
      tally.add(call, isAnswered)
      // A failure repeated from the record is in the record.
      if (!isAnswered && call.attempts === 0) return
      if (isAnswered && seen.has(call.key)) return
      const { key, again, model, entry, cached, attempts, failedAttempts = 0, usage, cost, ms, error } = call
      const record: CallRecord = {
        key,
        purpose,
        role,
        ...(predictor !== undefined && { predictor }),
        batch,
        ...(exampleId !== undefined && { exampleId }),
        model,
        ...(entry !== undefined && { entry }),
        ...(again && { again }),
        cached,
        attempts,
        failedAttempts,
        usage,
        ms,
        ...(cost !== undefined && { cost }),
        ...(!isAnswered && error && { error }),
      }
      if (isAnswered) {
        seen.add(key)
        write(record)
        return
      }
      if (isBinding(record)) failures.set(key, record)
      const others = failed.get(batch)
      if (others) others.push(record)
      else failed.set(batch, [record])
    },
    settle(batch) {
      for (const record of failed.get(batch) ?? []) if (!seen.has(record.key)) write(record)
      failed.delete(batch)
    },
    close() {
      for (const records of failed.values()) for (const record of records) if (!seen.has(record.key)) write({ ...record, unsettled: true })
      failed.clear()
    },
  }
}

/** Failures of an earlier attempt that a replay has to repeat. Those that ended it are asked again. */
export function bindingFailures(failedCalls: ReadonlyMap<CallKey, CallRecord>): Map<CallKey, CallRecord> {
  return new Map([...failedCalls].filter(([, record]) => isBinding(record)))
}

function isBinding({ error, unsettled }: CallRecord): boolean {
  return error !== undefined && !unsettled && !isFatalError(error.code)
}

/** We stopped the call ourselves: that says nothing about the model. */
function isOwnDoing(error: ErrorJson | undefined): boolean {
  return error === undefined || ownCodes.has(error.code)
}

const ownCodes: ReadonlySet<string> = new Set([
  'run-stopped',
  'run-cancelled',
  'budget-exhausted',
  'lm-not-recorded',
  'storage-full',
  'storage-failed',
])
