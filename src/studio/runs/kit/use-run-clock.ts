import { useEffect, useState } from 'react'
import type { ShownRun } from '@/state/runs/live/live-runs'
import { addSample, remainingMs, type PaceSample } from '@/state/runs/live/pace'
import { workedMs } from './run-words'

export interface RunClock {
  readonly now: number
  readonly elapsedMs?: number
  /** Until the planned calls are answered, at the pace of late. */
  readonly remainingMs?: number
}

interface Seen {
  readonly samples: readonly PaceSample[]
  /** What the record last said about the time worked, and when that was seen. */
  readonly worked: { readonly ms: number; readonly at: number }
}

/** Time of a run. It ticks once a second while the run works; nothing depends on the tick but what is shown. */
export function useRunClock({ record, view, totals, live }: ShownRun, isMoving: boolean): RunClock {
  const [now, setNow] = useState(() => Date.now())
  const [seen, setSeen] = useState<Seen>(() => ({ samples: [], worked: { ms: record?.activeMs ?? 0, at: Date.now() } }))
  const activeMs = record?.activeMs ?? 0
  const { answered } = totals

  useEffect(() => {
    if (!isMoving) return
    const tick = () => {
      const at = Date.now()
      setNow(at)
      setSeen(before => ({
        samples: addSample(before.samples, { at, answered }),
        worked: before.worked.ms === activeMs ? before.worked : { ms: activeMs, at },
      }))
    }
    tick()
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [isMoving, answered, activeMs])

  if (!live) return { now, elapsedMs: record && workedMs(record) }
  const isFirstAttempt = record === undefined || record.epoch <= 1
  const elapsedMs = isFirstAttempt ? now - (record?.startedAt ?? record?.createdAt ?? now) : seen.worked.ms + now - seen.worked.at
  const left = isMoving ? remainingMs(seen.samples, view.plannedCalls, now) : undefined
  return { now, elapsedMs: Math.max(0, elapsedMs), remainingMs: left }
}
