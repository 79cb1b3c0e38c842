import type { SplitSpec } from '../project/project'
import type { ExampleId } from '../base/example'

export type Split = 'train' | 'val' | 'test'

/**
 * The split a row belongs to. It depends on the row's id and the seed alone, so adding, removing or sorting rows moves no other
 * row. Changing the shares moves only the rows between the old and the new border. Shares of 0 0 0 count as all train.
 *
 * Differs: DSPy leaves splitting to the caller; slicing a shuffled list would reshuffle every row when one is added.
 */
export function splitOf(rowId: ExampleId, split: SplitSpec): Split {
  const total = split.train + split.val + split.test
  if (!(total > 0)) return 'train'
  const place = uniform(`${split.seed}\u0000${rowId}`) * total
  if (place < split.train) return 'train'
  return place < split.train + split.val ? 'val' : 'test'
}

/** How many of the rows fall into each split. */
export function countSplits(rowIds: Iterable<ExampleId>, split: SplitSpec): Readonly<Record<Split, number>> {
  const counts = { train: 0, val: 0, test: 0 }
  for (const id of rowIds) counts[splitOf(id, split)] += 1
  return counts
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
