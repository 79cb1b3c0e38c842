import type { Json } from '@/lib/json'
import { distinctText } from '../metrics/distinct-text'
import { comparableText } from '../metrics/normalize-text'

/** The most options that a Literal takes from a column: each stands in every prompt. */
export const mostLiteralValues = 100

export interface CountedValue {
  readonly value: string | number
  readonly count: number
}

/** The values of a column as options of a Literal, the most frequent first; of equals, the one seen first. Empty cells are none. */
export function literalValues(cells: Iterable<Json>): readonly CountedValue[] {
  return literalCounts(eachOnce(cells))
}

function* eachOnce(cells: Iterable<Json>): Generator<readonly [Json, number]> {
  for (const cell of cells) yield [cell, 1]
}

/** The same of cells that are counted already. */
export function literalCounts(cells: Iterable<readonly [cell: Json, count: number]>): readonly CountedValue[] {
  const counts = new Map<string, { value: string | number; count: number }>()
  let areNumbers = true
  for (const [cell, times] of cells) {
    const text = comparableText(cell).trim()
    if (text === '') continue
    if (typeof cell !== 'number') areNumbers = false
    const known = counts.get(text)
    if (known) known.count += times
    else counts.set(text, { value: typeof cell === 'number' ? cell : text, count: times })
  }
  const found = [...counts].map(([text, { value, count }]) => ({ value: areNumbers ? value : text, count }))
  return found.toSorted((one, other) => other.count - one.count)
}

/** Values that differ in their writing only: a model would have to guess which of them is meant. */
export function alikeValues(values: readonly (string | number)[]): readonly (readonly (string | number)[])[] {
  const groups = new Map<string, (string | number)[]>()
  for (const value of values) {
    const letters = lettersOf(String(value))
    groups.set(letters, [...(groups.get(letters) ?? []), value])
  }
  return [...groups.values()].filter(group => group.length > 1)
}

/** A text without case, quotes, closing punctuation, and what parts its words: `Credit Card` and `credit_card`. Symbols stay: `C` is not `C++`. */
export function lettersOf(text: string): string {
  const letters = distinctText(text.normalize('NFKC')).replace(/(?<=\p{L})[\s_-]+(?=[\p{L}\p{N}])|(?<=\p{N})[\s_-]+(?=\p{L})/gu, '')
  return letters === '' ? text : letters
}

export interface LikelyOption {
  readonly option: string
  readonly isTypo: boolean
}

/** Finds the one option that a label seems to be meant for: written otherwise, or with a letter or two wrong in a longer word. */
export function likelyOptions(options: readonly string[]): (label: string) => LikelyOption | undefined {
  const known = options.map(option => ({ option, letters: lettersOf(option), digits: digitsOf(option) }))
  return label => {
    const letters = lettersOf(label)
    const same = known.filter(each => each.letters === letters)
    if (same.length > 0) return same.length === 1 && same[0] ? { option: same[0].option, isTypo: false } : undefined
    const most = letters.length >= 8 ? 2 : letters.length >= 4 ? 1 : 0
    const digits = digitsOf(label)
    // `type 1` and `type 2` are no misspelling of each other.
    const near = known.filter(each => each.digits === digits && isWithin(letters, each.letters, most))
    return near.length === 1 && near[0] ? { option: near[0].option, isTypo: true } : undefined
  }
}

function digitsOf(text: string): string {
  return text.replace(/\D+/g, ' ').trim()
}

/** Whether so many letters changed, added, left out or swapped with their neighbour make one text of the other. */
function isWithin(one: string, other: string, most: number): boolean {
  if (most === 0 || Math.abs(one.length - other.length) > most) return false
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at]
    for (let to = 1; to <= other.length; to += 1) {
      const isSame = one[at - 1] === other[to - 1]
      let steps = Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + (isSame ? 0 : 1))
      if (at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1])
        steps = Math.min(steps, (before[to - 2] ?? 0) + 1)
      next.push(steps)
    }
    if (Math.min(...next) > most) return false
    before = row
    row = next
  }
  return (row[other.length] ?? Infinity) <= most
}
