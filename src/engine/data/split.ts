import type { SplitSpec } from '../project/project'
import type { ExampleId } from '../base/example'

export const splits = ['train', 'val', 'test'] as const
export type Split = (typeof splits)[number]

/**
 * The split a row belongs to. It depends on the row's id and the seed alone, so adding, removing or sorting rows moves no other
 * row. Changing the shares moves only the rows between the old and the new border. Shares of 0 0 0 count as all train.
 *
 * Differs: DSPy leaves splitting to the caller; slicing a shuffled list would reshuffle every row when one is added.
 */
export function splitOf(rowId: ExampleId, split: SplitSpec): Split {
  return splitAt(placeOf(rowId, split.seed), split)
}

/** Where a row stands, from 0 up to 1, whatever the shares of the splits are. */
export function placeOf(rowId: ExampleId, seed: number): number {
  return uniform(`${seed}\u0000${rowId}`)
}

function splitAt(place: number, { train, val, test }: Omit<SplitSpec, 'seed'>): Split {
  const total = train + val + test
  if (!(total > 0) || place * total < train) return 'train'
  return place * total < train + val ? 'val' : 'test'
}

/** How many of the rows fall into each split. */
export function countSplits(rowIds: Iterable<ExampleId>, split: SplitSpec): Readonly<Record<Split, number>> {
  const counts = { train: 0, val: 0, test: 0 }
  for (const id of rowIds) counts[splitOf(id, split)] += 1
  return counts
}

/** The same for rows whose places are known, in ascending order: in steps of their logarithm. */
export function countPlaces(places: Float64Array, shares: Omit<SplitSpec, 'seed'>): Readonly<Record<Split, number>> {
  const train = firstPlace(places, place => splitAt(place, shares) !== 'train')
  const open = firstPlace(places, place => splitAt(place, shares) === 'test')
  return { train, val: open - train, test: places.length - open }
}

/** The number of places in front of the first one that lies beyond a border. */
function firstPlace(places: Float64Array, isBeyond: (place: number) => boolean): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBeyond(places[middle] ?? 1)) high = middle
    else low = middle + 1
  }
  return low
}

/** A number in [0, 1) that looks random and depends on the text alone: FNV-1a, then MurmurHash3's finalizer to spread short ids. */
function uniform(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  hash ^= hash >>> 16
  return (hash >>> 0) / 0x1_0000_0000
}
