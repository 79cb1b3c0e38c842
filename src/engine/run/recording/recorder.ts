import { EngineError, errorToJson, isEngineError, type ErrorJson } from '../../base/errors'
import { joinedEvent } from '../../modules/stream-event'
import type { CallRecord, JournalEvent, MeterEvent, RolloutRecord, RunEvent, RunTotals } from '../../record/events'
import type { Journal, LiveStatus, RunListener } from '../base/ports'
import type { Clock } from '../../base/clock'
import { createStory, isLesson, type Story } from '../story/story'

export interface RecorderOptions {
  readonly journal: Journal
  readonly clock: Clock
  readonly listener: RunListener
  readonly status: () => LiveStatus
  readonly totals: () => RunTotals
  /** Takes keys in use out of what is recorded, before it is compared with an earlier attempt, and out of that, for which some may have been unknown. */
  readonly clean: <T>(value: T) => T
  /** Tells the user why it waits; resolves when they made room and resumed, rejects when the run was given up meanwhile. */
  readonly waitForRoom: (problem: ErrorJson) => Promise<void>
  /** Told when the journal refuses to write for good: nothing may go on that nobody can record. */
  readonly onLost: (error: unknown) => void
}

/** Gathers what happens, writes it in batches, and tells the listener only what is written. */
export interface Recorder {
  emit(event: RunEvent): void
  rollout(record: RolloutRecord): void
  call(record: CallRecord): void
  meter(event: MeterEvent): void
  /** Something the listener should see soon: a new status, new totals. */
  touch(): void
  /** Writes all there is. */
  flush(): Promise<void>
  readonly story: Story
}

const flushMs = 100
const flushRows = 200

export function createRecorder(options: RecorderOptions): Recorder {
  const { journal, clock, clean } = options
  const story = createStory(clean(journal.recorded))
  let rows = emptyRows()
  /** Rows of a replay that may already be in the journal: known when the next event turns out to be recorded or not. */
  let held = emptyRows()
  let isTouched = false
  let isScheduled = false
  let lost = false
  let writing: Promise<void> = Promise.resolve()

  const schedule = (): void => {
    isTouched = true
    if (sizeOf(rows) >= flushRows) void flush()
    else if (!isScheduled) {
      isScheduled = true
      clock.sleep(flushMs).then(flush, flush)
    }
  }

  function flush(): Promise<void> {
    isScheduled = false
    if (isTouched) writing = writing.then(write).catch(options.onLost)
    return writing
  }

  async function write(): Promise<void> {
    if (!isTouched || lost) return
    isTouched = false
    const batch = rows
    rows = emptyRows()
    const totals = options.totals()
    const { meters, ...written } = batch
    while (batch.events.length + batch.rollouts.length + batch.calls.length > 0) {
      try {
        await journal.append({ ...written, totals })
        break
      } catch (error) {
        if (!isEngineError(error, 'storage-full') || !(await hasRoomAgain(error))) {
          lost = true
          return options.onLost(error)
        }
      }
    }
    options.listener({ status: options.status(), events: batch.events, rollouts: batch.rollouts, meters, totals })
  }

  async function hasRoomAgain(error: EngineError): Promise<boolean> {
    try {
      await options.waitForRoom(errorToJson(error))
      return true
    } catch {
      return false
    }
  }

  return {
    story,
    emit(event) {
      const admitted = story.admit(clean(event), clock.date())
      if (admitted.kind === 'new') {
        rows.events.push(...admitted.events)
        if (isLesson(event)) return schedule()
        rows.rollouts.push(...held.rollouts)
        rows.calls.push(...held.calls)
      }
      held = emptyRows()
      schedule()
    },
    rollout(record) {
      ;(story.isReplaying ? held : rows).rollouts.push(clean(record))
      schedule()
    },
    call(record) {
      ;(story.isReplaying ? held : rows).calls.push(clean(record))
      schedule()
    },
    meter(event) {
      const next = clean(event)
      const joined = joinedMeter(rows.meters.at(-1), next)
      if (joined) rows.meters[rows.meters.length - 1] = joined
      else rows.meters.push(next)
      schedule()
    },
    touch: schedule,
    flush,
  }
}

/** An answer comes in hundreds of pieces, which are told together. */
function joinedMeter(last: MeterEvent | undefined, next: MeterEvent): MeterEvent | undefined {
  if (last?.type !== 'stream' || next.type !== 'stream' || last.node !== next.node || last.predictor !== next.predictor) return undefined
  const event = joinedEvent(last.event, next.event)
  return event && { ...next, event }
}

interface Rows {
  readonly events: JournalEvent[]
  readonly rollouts: RolloutRecord[]
  readonly calls: CallRecord[]
  readonly meters: MeterEvent[]
}

function emptyRows(): Rows {
  return { events: [], rollouts: [], calls: [], meters: [] }
}

function sizeOf(rows: Rows): number {
  return rows.events.length + rows.rollouts.length + rows.calls.length
}
