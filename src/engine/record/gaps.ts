import type { JournalEvent } from './events'

/** The numbers of events that are not among those of a run: their records are damaged. None can be known to be missing at the end. */
export function gapsOf(events: readonly Pick<JournalEvent, 'seq'>[]): readonly number[] {
  const gaps: number[] = []
  let next = 0
  for (const { seq } of events) {
    for (; next < seq; next += 1) gaps.push(next)
    next = Math.max(next, seq + 1)
  }
  return gaps
}
