import { useEffect, useState } from 'react'
import type { ShownRun } from '@/state/runs/live/live-runs'
import { addSample, remainingMs, type PaceSample } from '@/state/runs/live/pace'
import { workedMs } from './run-words'
import { systemClock } from '@/lib/system-clock'

export interface RunClock {
  /** The date. */
  readonly now: number
  readonly elapsedMs?: number
  /** Until the planned calls are answered, at the recent pace. */
  readonly remainingMs?: number
}

interface Seen {
  readonly samples: readonly PaceSample[]
  readonly worked: Worked
}

/** What the record said about the time worked, what that comes to, and when it was read. */
interface Worked {
  readonly said: number | undefined
  readonly ms: number
  readonly at: number
}

/** Time of a run. It ticks once a second while the run works; nothing depends on the tick but what is shown. */
export function useRunClock({ record, view, totals, live }: ShownRun, isMoving: boolean): RunClock {
  const [now, setNow] = useState(timeNow)
  const [seen, setSeen] = useState<Seen>(() => ({ samples: [], worked: workedUntil(record, isMoving, now) }))
  const { answered } = totals

  useEffect(() => {
    if (!isMoving) return
    const tick = () => {
      const next = timeNow()
      const { at } = next
      setNow(next)
      setSeen(before => ({
        samples: addSample(before.samples, { at, answered }),
        worked: before.worked.said === record?.activeMs ? before.worked : workedUntil(record, true, next),
      }))
    }
    tick()
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [isMoving, answered, record])

  if (!live) return { now: now.date, elapsedMs: record && workedMs(record) }
  const elapsedMs = seen.worked.ms + now.at - seen.worked.at
  const left = isMoving ? remainingMs(seen.samples, view.plannedCalls, now.at) : undefined
  return { now: now.date, elapsedMs: Math.max(0, elapsedMs), remainingMs: left }
}

/** The record that is at hand may be of minutes ago: a run at work writes its signs of life and tells nobody. */
function workedUntil(record: ShownRun['record'], isMoving: boolean, now: ReturnType<typeof timeNow>): Worked {
  const said = record?.activeMs
  const since = record && Math.max(record.heartbeatAt, record.startedAt ?? record.createdAt)
  return { said, ms: (said ?? 0) + (isMoving && since !== undefined ? Math.max(0, now.date - since) : 0), at: now.at }
}

/** Time that passes is counted apart from the date, which may be set on or back meanwhile. */
function timeNow(): { readonly at: number; readonly date: number } {
  return { at: systemClock.now(), date: systemClock.date() }
}
