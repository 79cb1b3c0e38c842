import type { LmQueue } from './lm'
import { onAbort } from '@/lib/on-abort'

/**
 * Places for the calls of one run, whatever they are for: rows, proposals, judges, embeddings. A call holds one from the moment it is not
 * found in the cache until its answer is stored, retries included: so a kill loses at most as many answers as there are places. Nothing
 * else holds one, and a call makes no other call, so work that asks again and again cannot block itself.
 */
export interface Places {
  /** Waits for a place, in the order of asking. Rejects with the signal's reason when that aborts. */
  take(signal: AbortSignal): Promise<Place>
  /** Takes note of a queue that calls of the run have to pass as well. */
  passes(queue: LmQueue): void
  /** Calls that can be under way at once as things stand: the run's own number, or less where the endpoints allow less. */
  readonly atOnce: number
}
export interface Place {
  leave(): void
}

export function createPlaces(size: number): Places {
  const most = Math.max(1, size)
  let free = most
  let waiting: ((place: Place) => void)[] = []
  const queues = new Set<LmQueue>()

  function open(): Place {
    let isHeld = true
    return {
      leave() {
        if (!isHeld) return
        isHeld = false
        const next = waiting.shift()
        if (next) next(open())
        else free += 1
      },
    }
  }

  return {
    take(signal) {
      if (signal.aborted) return Promise.reject(signal.reason)
      if (free > 0) {
        free -= 1
        return Promise.resolve(open())
      }
      return new Promise((resolve, reject) => {
        const start = (place: Place): void => {
          stay()
          resolve(place)
        }
        waiting.push(start)
        const stay = onAbort(signal, () => {
          waiting = waiting.filter(other => other !== start)
          reject(signal.reason)
        })
      })
    },
    passes(queue) {
      queues.add(queue)
    },
    get atOnce() {
      if (queues.size === 0) return most
      let allowed = 0
      for (const queue of queues) allowed += queue.limit ?? most
      return Math.max(1, Math.min(most, allowed))
    },
  }
}
