import { nothingSpent, type Reservation, type SpendNote, type Spent } from '@/engine/lm/spend'
import type { LeftBehind } from '@/engine/run/recording/spent-before'
import type { JsonLines } from './json-lines'

export interface SendLog {
  /** What the last attempt left. */
  readonly left: Pick<LeftBehind, 'book' | 'lostCalls'>
  /** Begins an attempt, `lostCalls` of whose predecessors' requests nobody saw the end of; returns what writes down its budget. */
  begin(lostCalls: number): (note: SpendNote) => void
}

/** What changed since the line before. The first line of an attempt carries `lost` and begins with nothing under way. */
interface Line {
  readonly lost?: number
  readonly spent: Spent
  readonly opened: readonly { readonly number: number; readonly key?: string; readonly tokens: number; readonly cost: number }[]
  readonly closed: readonly number[]
}

/** The budget of a run in a file, a line before each request: what `spentBefore` needs, so that no number of kills takes a run over its caps. */
export function openSendLog(lines: JsonLines): SendLog {
  let spent = nothingSpent
  let lostCalls = 0
  const open = new Map<number, Line['opened'][number]>()
  for (const line of lines.readAll<Line>()) {
    if (line.lost !== undefined) {
      lostCalls = line.lost
      open.clear()
    }
    spent = line.spent
    for (const number of line.closed) open.delete(number)
    for (const one of line.opened) open.set(one.number, one)
  }
  return { left: { book: { spent, open: [...open.values()] }, lostCalls }, begin: lost => writer(lines, lost) }
}

function writer(lines: JsonLines, lost: number): (note: SpendNote) => void {
  const numbers = new Map<Reservation, number>()
  let isFirst = true
  let next = 0
  return note => {
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
  }
}
