import { z } from 'zod'
import type { Json } from '@/lib/json'
import { spentSchema } from '@/engine/record/spec-schema'
import { nothingSpent, type Reservation, type SpendNote, type Spent } from '@/engine/lm/spend'
import type { LeftBehind } from '@/engine/run/recording/spent-before'
import type { JsonLines } from './json-lines'

export interface SendLog {
  /** Lines that say nothing. */
  readonly leftOut: number
  /** What the last attempt left. */
  readonly left: Pick<LeftBehind, 'book' | 'lost'>
  /** Begins an attempt after others, which sent `lost` without seeing its end; returns what writes down its budget. */
  begin(lost: Spent): (note: SpendNote) => void
}

/** What changed since the line before. The first line of an attempt carries `lost` and begins with nothing under way. */
interface Line {
  readonly lost?: number
  /** What these calls may have come to; absent in journals of earlier versions. */
  readonly lostSpent?: Pick<Spent, 'tokens' | 'cost'>
  readonly spent: Spent
  readonly opened: readonly { readonly number: number; readonly key?: string; readonly tokens: number; readonly cost: number }[]
  readonly closed: readonly number[]
}

/** The budget of a run in a file, a line before each request: what `spentBefore` needs, so that no number of kills takes a run over its caps. */
export function openSendLog(lines: JsonLines): SendLog {
  let spent = nothingSpent
  let lost = nothingSpent
  const open = new Map<number, Line['opened'][number]>()
  // Lines may stand in another order than they were written in: what is closed was opened somewhere, and sums only grow.
  const closed = new Set<number>()
  const { records, leftOut } = lines.readAll(readLine)
  for (const line of records) {
    if (line.lost !== undefined) {
      lost = largest(lost, { tokens: 0, cost: 0, ...line.lostSpent, calls: line.lost })
      open.clear()
      closed.clear()
    }
    spent = largest(spent, line.spent)
    for (const number of line.closed) closed.add(number)
    for (const one of line.opened) open.set(one.number, one)
  }
  for (const number of closed) open.delete(number)
  return {
    leftOut,
    left: { book: { spent, open: [...open.values()] }, lost },
    begin: before => writer(lines, before),
  }
}

function largest(a: Spent, b: Spent): Spent {
  return { calls: Math.max(a.calls, b.calls), tokens: Math.max(a.tokens, b.tokens), cost: Math.max(a.cost, b.cost) }
}

const reservedSchema = z.object({ number: z.number(), key: z.string().optional(), tokens: z.number(), cost: z.number() })
const lineSchema: z.ZodType<Line> = z.object({
  lost: z.number().optional(),
  lostSpent: z.object({ tokens: z.number(), cost: z.number() }).optional(),
  spent: spentSchema,
  opened: z.array(reservedSchema),
  closed: z.array(z.number()),
})

function readLine(value: Json): Line | undefined {
  return lineSchema.safeParse(value).data
}

function writer(lines: JsonLines, { calls: lost, ...lostSpent }: Spent): (note: SpendNote) => void {
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
    const line: Line = { ...(isFirst && { lost, lostSpent }), spent: note.spent, opened, closed }
    lines.append([line])
    isFirst = false
  }
}
