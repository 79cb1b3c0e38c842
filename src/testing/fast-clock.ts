import type { Clock } from '@/engine/base/clock'
import { realClock } from './memory-ports'

/** Real time, `factor` times as fast: the waits that retries and limits take seconds for are over in milliseconds. */
export function fastClock(factor: number): Clock {
  const startedAt = realClock.now()
  const dateAtStart = realClock.date()
  return {
    date: () => dateAtStart + (realClock.now() - startedAt) * factor,
    now: () => startedAt + (realClock.now() - startedAt) * factor,
    sleep: (ms, signal) => realClock.sleep(ms / factor, signal),
  }
}
