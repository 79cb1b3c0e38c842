import { onAbort } from './on-abort'

/** Works on the items of several lists under one limit. */
export interface WorkPool {
  /**
   * Runs `work` on every item and gives the results in the order of `items`. The first rejection, or the signal, starts no more of this
   * list and rejects; work under way is left to end by itself, and counts until it does.
   */
  map<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>, signal?: AbortSignal): Promise<R[]>
}

/** `limit` is asked before each start, so that it may change meanwhile; less than 1 counts as 1. Lists start in the order they came. */
export function workPool(limit: () => number): WorkPool {
  let running = 0
  /** Each starts its next item, and is taken out when it has started its last. */
  let lists: (() => boolean)[] = []

  function startMore(): void {
    while (lists.length > 0 && running < Math.max(1, limit())) {
      const [first] = lists
      if (first?.()) lists = lists.filter(other => other !== first)
    }
  }

  return {
    map<T, R>(items: readonly T[], work: (item: T, index: number) => Promise<R>, signal?: AbortSignal) {
      return new Promise<R[]>((resolve, reject) => {
        const results: R[] = Array.from({ length: items.length })
        let next = 0
        let ended = 0
        let stay = (): void => undefined

        const close = (): void => {
          lists = lists.filter(other => other !== startNext)
          stay()
        }
        const fail = (error: unknown): void => {
          close()
          reject(error)
        }
        const runOne = async (item: T, index: number): Promise<void> => {
          running += 1
          try {
            results[index] = await work(item, index)
            ended += 1
            if (ended === items.length) {
              close()
              resolve(results)
            }
          } catch (error) {
            fail(error)
          }
          running -= 1
          startMore()
        }
        const startNext = (): boolean => {
          const index = next++
          // The index is below the length, so this is a T even where T allows undefined.
          void runOne(items[index] as T, index)
          return next >= items.length
        }

        if (signal?.aborted) return reject(signal.reason)
        if (items.length === 0) return resolve(results)
        stay = signal ? onAbort(signal, () => fail(signal.reason)) : stay
        lists.push(startNext)
        startMore()
      })
    },
  }
}
