/** Units that come back over time. */
export interface TokenBucket {
  /** Milliseconds until something may leave; 0 when it may now. */
  waitMs(now: number): number
  /** Takes units out, also more than there are; a negative amount puts unused ones back. */
  take(now: number, amount: number): void
}

/**
 * A bucket for `perMinute` units, or undefined where there is no limit. It lets a tenth of a minute's units out at once and
 * refills with the rest, so that no window of a minute passes the limit. What costs more than is left still leaves
 * while anything is left, and is paid back by a longer wait after it: a large prompt must not wait for ever.
 */
export function tokenBucket(perMinute: number | undefined, createdAt: number): TokenBucket | undefined {
  if (perMinute === undefined || perMinute <= 0) return undefined
  const capacity = Math.max(1, Math.floor(perMinute / 10))
  const refillPerMs = (perMinute - capacity + 1) / 60_000
  let left = capacity
  let at = createdAt

  function refill(now: number): void {
    left = Math.min(capacity, left + Math.max(0, now - at) * refillPerMs)
    at = Math.max(at, now)
  }

  return {
    waitMs(now) {
      refill(now)
      return left >= 1 - tolerance ? 0 : Math.ceil((1 - left) / refillPerMs)
    },
    take(now, amount) {
      refill(now)
      left = Math.min(capacity, left - amount)
    },
  }
}

/** Float error of many refills must not cost another wait. */
const tolerance = 1e-6
