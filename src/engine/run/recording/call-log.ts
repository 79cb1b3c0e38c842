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
  /** Whether an answer was given up while it came. */
  readonly hasCut: boolean
  /** The run ends: failures of unfinished batches are kept, marked as not binding. */
  close(): void
}

/**
 * Adds each failure to `failures`, where the stacks look first: a call that failed for good fails again for the rest of the run. The
 * record holds one outcome a call, so an answer later on would make a replay take another turn than the run took.
 */
export function createCallLog(tally: Tally, write: (record: CallRecord) => void, failures: Map<CallKey, CallRecord> = new Map()): CallLog {
  /** Answers that were written, and whether as paid. */
  const answered = new Map<CallKey, boolean>()
  /** Failures of this attempt, each once with all its attempts, and the batches that met them. */
  const failed = new Map<CallKey, CallRecord>()
  const metIn = new Map<number, Set<CallKey>>()
  const settled = new Set<CallKey>()
  let hasCut = false

  function noteAnswer(record: CallRecord): void {
    const { key, cached } = record
    // Of several callers who share an answer, the one with the bill stands in the record.
    if (answered.has(key) && (cached || answered.get(key) === true)) return
    answered.set(key, !cached)
    write(record)
  }

  function noteFailure(record: CallRecord, batch: number): void {
    const { key } = record
    const known = failed.get(key)
    if (known === undefined || known.attempts < record.attempts) failed.set(key, record)
    if (isBinding(record)) failures.set(key, failed.get(key) ?? record)
    const others = metIn.get(batch)
    if (others) others.add(key)
    else metIn.set(batch, new Set([key]))
  }

  /** What is known of an answer that we gave up ourselves. Nothing was built on it, and a resumed run asks again. */
  function noteCut(place: CallPlace, predictor: PredictorId | undefined, call: SpanCall): void {
    hasCut = true
    tally.add(call, { isAnswered: false, role: place.role })
    if (!answered.has(call.key)) write({ ...recordOf(place, predictor, call, false), unsettled: true, cut: true })
  }

  /** Failures of these keys that are in no record yet; a call that was answered in the end did not fail. */
  function* unwritten(keys: Iterable<CallKey>): Generator<CallRecord> {
    for (const key of keys) {
      const record = answered.has(key) || settled.has(key) ? undefined : failed.get(key)
      if (record) yield record
    }
  }

  return {
    get hasCut() {
      return hasCut
    },
    add(place, predictor, call, isAnswered) {
      if (!isAnswered && isOwnDoing(call.error)) {
        if (call.cut) noteCut(place, predictor, call)
        return
      }
      tally.add(call, { isAnswered, role: place.role })
      const record = recordOf(place, predictor, call, isAnswered)
      if (isAnswered) noteAnswer(record)
      // What failed in an earlier attempt is in its record.
      else if (failed.has(call.key) || call.error?.facts?.['isReplayed'] !== true) noteFailure(record, place.batch)
    },
    settle(batch) {
      for (const record of unwritten(metIn.get(batch) ?? [])) {
        settled.add(record.key)
        write(record)
      }
      metIn.delete(batch)
    },
    close() {
      for (const record of unwritten(new Set([...metIn.values()].flatMap(keys => [...keys])))) write({ ...record, unsettled: true })
      metIn.clear()
    },
  }
}

function recordOf(
  { purpose, role, batch, exampleId }: CallPlace,
  predictor: PredictorId | undefined,
  { key, again, model, entry, cached, attempts, failedAttempts = 0, usage, cost, ms, error }: SpanCall,
  isAnswered: boolean,
): CallRecord {
  return {
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
