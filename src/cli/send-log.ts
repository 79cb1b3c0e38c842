import type { Reservation, SpendNote, Spent } from '@/engine/lm/spend'
import type { JsonLines } from './json-lines'

/** What earlier attempts count for the caps, and how many of their requests nobody saw the end of. */
export interface SentBefore {
  readonly caps: Spent
  readonly lost: number
}

export interface SendLog {
  readonly before: SentBefore
  /** Writes down the budget as it stands. */
  note(note: SpendNote): void
}

/** What changed since the line before. The first line of an attempt carries `lost` and begins with nothing under way. */
interface Line {
  readonly lost?: number
  readonly spent: Spent
  readonly opened: readonly { readonly number: number; readonly key?: string; readonly tokens: number; readonly cost: number }[]
  readonly closed: readonly number[]
}

/**
 * The budget of a run in a file, a line before each request. What was under way when the process died counts as its worst case,
 * unless its answer got to disk; so no number of kills takes a run over its caps.
 * `billOf` tells what an answer that is on disk came to.
 */
export function openSendLog(lines: JsonLines, billOf: (key: string) => Spent | undefined): SendLog {
  let spent: Spent = nothing
  let lost = 0
  const open = new Map<number, Line['opened'][number]>()
  for (const line of lines.readAll<Line>()) {
    if (line.lost !== undefined) {
      lost = line.lost
      open.clear()
    }
    spent = line.spent
    for (const number of line.closed) open.delete(number)
    for (const one of line.opened) open.set(one.number, one)
  }
  for (const { key, tokens, cost } of open.values()) {
    const answered = key === undefined ? undefined : billOf(key)
    if (!answered) lost += 1
    spent = sum(spent, answered ?? { calls: 1, tokens, cost })
  }
  const before: SentBefore = { caps: spent, lost }
  const numbers = new Map<Reservation, number>()
  let isFirst = true
  let next = 0

  return {
    before,
    note(note) {
      const still = new Set(note.open)
      const closed: number[] = []
      for (const [reservation, number] of numbers) {
        if (still.has(reservation)) continue
        closed.push(number)
        numbers.delete(reservation)
      }
      const opened: Line['opened'][number][] = []
      for (const reservation of note.open) {
        if (numbers.has(reservation)) continue
        const number = next++
        numbers.set(reservation, number)
        const { key, tokens, cost } = reservation
        opened.push({ number, ...(key !== undefined && { key }), tokens, cost })
      }
      const line: Line = { ...(isFirst && { lost }), spent: note.spent, opened, closed }
      lines.append([line])
      isFirst = false
    },
  }
}

const nothing: Spent = { calls: 0, tokens: 0, cost: 0 }

function sum(a: Spent, b: Spent): Spent {
  return { calls: a.calls + b.calls, tokens: a.tokens + b.tokens, cost: a.cost + b.cost }
}
