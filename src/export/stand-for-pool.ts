import type { Demo } from '@/engine/program/program'
import { shownDemos } from '@/engine/modules/nearest-demos'
import type { Signature } from '@/engine/signature/signature'

/**
 * The `k` demos that together stand for most of a pool, in its order, for a reader that shows the same demos in every prompt. Each demo
 * stands for those most like it, as many as fall to one of `k`; the one that adds most is taken first, the earlier of equal ones.
 */
export function standForPool(demos: readonly Demo[], k: number, signature: Signature): readonly Demo[] {
  if (demos.length <= k) return demos
  const pool = demos.slice(0, mostCompared)
  const places = new Map(pool.map((demo, place) => [demo, place]))
  const share = Math.ceil(pool.length / k)
  const alike = pool.map(demo => shownDemos({ instructions: '', demos: pool, nearest: { k: share } }, signature, demo))
  const covered = new Set<Demo>()
  const taken = new Set<number>()
  while (taken.size < k) {
    let best = -1
    let most = -1
    for (const [place, group] of alike.entries()) {
      if (taken.has(place)) continue
      const added = group.filter(demo => !covered.has(demo)).length
      if (added > most) [best, most] = [place, added]
    }
    taken.add(best)
    for (const demo of alike[best] ?? []) covered.add(demo)
  }
  return pool.filter(demo => taken.has(places.get(demo) ?? -1))
}

/** Each demo is compared with each other one. */
const mostCompared = 400
