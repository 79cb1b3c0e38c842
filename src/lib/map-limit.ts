/**
 * Runs `work` on every item, at most `limit` at a time, and gives the results in the order of `items`.
 * The first rejection, or the signal, stops starting more and rejects; work under way is left to end by itself.
 */
export function mapLimit<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  if (!(limit >= 1)) return Promise.reject(new RangeError(`The limit must be 1 or more, not ${limit}`))
  return new Promise((resolve, reject) => {
    const results: R[] = Array.from({ length: items.length })
    let next = 0
    let running = 0
    let isOver = false

    const end = (settle: () => void) => {
      if (isOver) return
      isOver = true
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const onAbort = () => end(() => reject(signal?.reason))

    const runOne = async (item: T, index: number) => {
      running += 1
      try {
        results[index] = await work(item, index)
      } catch (error) {
        end(() => reject(error))
      }
      running -= 1
      startMore()
    }
    const startMore = () => {
      while (!isOver && running < limit && next < items.length) {
        const index = next
        next += 1
        // The index is below the length, so this is a T even where T allows undefined.
        void runOne(items[index] as T, index)
      }
      if (!isOver && running === 0 && next >= items.length) end(() => resolve(results))
    }

    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    startMore()
  })
}
