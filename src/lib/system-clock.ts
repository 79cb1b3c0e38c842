import { onAbort } from './on-abort'

/**
 * The real time: what the page, its worker, Node and exported programs measure with. `now` counts from the start of the page or process
 * and knows nothing of the date; `date` is what the computer says, which may jump. No other file asks the platform for either.
 */
export const systemClock = {
  now: (): number => Math.floor(performance.now()),

  date: (): number => Date.now(),

  /** Resolves after `ms`, also beyond the longest timer there is; rejects with the signal's reason when it aborts. */
  sleep: (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      let left = ms
      let timer = setTimeout(next, Math.min(left, longestTimerMs))
      function next(): void {
        left -= longestTimerMs
        if (left > 0) {
          timer = setTimeout(next, Math.min(left, longestTimerMs))
          return
        }
        stay?.()
        resolve()
      }
      const stay =
        signal &&
        onAbort(signal, () => {
          clearTimeout(timer)
          reject(signal.reason)
        })
    }),
}

/** A timer beyond 2^31 ms would end at once. */
const longestTimerMs = 2 ** 31 - 1
