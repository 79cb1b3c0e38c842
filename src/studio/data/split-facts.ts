import type { Split } from '@/engine/data/split'
import type { SplitSpec } from '@/engine/project/project'

export type SplitCounts = Readonly<Record<Split, number>>

/** Which rows the table shows. */
export type RowFilter = Split | 'all' | 'chosen'

export const splitTitles: Readonly<Record<Split, string>> = { train: 'Train', val: 'Val', test: 'Test' }
export const splitHelp: Readonly<Record<Split, string>> = {
  train: 'Optimizers take demos from these rows.',
  val: 'Candidates are compared on these rows.',
  test: 'Sealed: used by no run until you reveal it.',
}
/** Background classes, one colour a split everywhere. */
export const splitColours: Readonly<Record<Split, string>> = { train: 'bg-info', val: 'bg-accent', test: 'bg-gold' }

/** Below these an optimizer has little to learn from, and a score says little. */
const usefulSize: Readonly<Record<Split, number>> = { train: 20, val: 30, test: 30 }

/** What is wrong with the sizes, one sentence each; empty when all are of use. */
export function splitWarnings(counts: SplitCounts): string[] {
  const warnings: string[] = []
  if (counts.train === 0) warnings.push('No train rows: optimizers have nothing to take demos from.')
  else if (counts.train < usefulSize.train) {
    warnings.push(`Only ${rows(counts.train)} to train on. With fewer than ${usefulSize.train}, demos cover little of the task.`)
  }
  if (counts.val === 0) warnings.push('No val rows: candidates cannot be compared, so compile cannot start.')
  else if (counts.val < usefulSize.val) {
    warnings.push(`Only ${rows(counts.val)} to choose by. With fewer than ${usefulSize.val}, the best score may be luck.`)
  }
  if (counts.test > 0 && counts.test < usefulSize.test) {
    warnings.push(`Only ${rows(counts.test)} to test on. With fewer than ${usefulSize.test}, the final score is rough.`)
  }
  return warnings
}

/** One split's part of all three. */
export function splitShare(split: SplitSpec, name: Split): number {
  const total = split.train + split.val + split.test
  return total > 0 ? split[name] / total : 0
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`
}
