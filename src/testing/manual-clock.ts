import { onAbort } from '@/lib/on-abort'
import type { Clock } from '@/engine/base/clock'

/** A clock for tests: time stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves time on, waking sleepers in the order of their times, and lets everything they start settle. */
  advance(ms: number): Promise<void>
  /** Sets the date on or back, as a user or a time server may. No time passes. */
  shiftDate(ms: number): void
  /** Moves from sleeper to sleeper until `done` settles. */
  runUntil<T>(done: Promise<T>): Promise<T>
  /** Times asked for by those asleep now. */
  readonly sleeping: readonly number[]
}

export function manualClock(startAt = 1_000_000): ManualClock {
  let now = startAt
  let shift = 0
  let sleepers: { readonly at: number; readonly wake: () => void }[] = []

  async function wakeNext(until: number): Promise<boolean> {
    await settle()
    const next = sleepers.filter(sleeper => sleeper.at <= until).sort((a, b) => a.at - b.at)[0]
    if (!next) return false
    sleepers = sleepers.filter(sleeper => sleeper !== next)
    now = Math.max(now, next.at)
    next.wake()
    await settle()
    return true
  }

  return {
    now: () => now,
    date: () => now + shift,
    shiftDate(ms) {
      shift += ms
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const sleeper = {
          at: now + ms,
          wake: () => {
            stay?.()
            resolve()
          },
        }
        const stay =
          signal &&
          onAbort(signal, () => {
            sleepers = sleepers.filter(other => other !== sleeper)
            reject(signal.reason)
          })
        sleepers.push(sleeper)
      })
    },
    async advance(ms) {
      const until = now + ms
      while (await wakeNext(until)) continue
      now = until
    },
    async runUntil(done) {
      let isDone = false
      const finish = (): void => {
        isDone = true
      }
      done.then(finish, finish)
      for (let idle = 0; !isDone && idle < 100; idle++) if (await wakeNext(Number.POSITIVE_INFINITY)) idle = 0
      if (!isDone) throw new Error('nothing sleeps and nothing is done')
      return done
    },
    get sleeping() {
      return sleepers.map(sleeper => sleeper.at)
    },
  }
}

/** Long chains of promises need many turns; none of them waits for real time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve()
}
