import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import { comparableText } from '../../metrics/normalize-text'

export function rowWords(count: number): string {
  return count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`
}

export function quoted(value: Json): string {
  const text = comparableText(value)
  return `"${text.length > 40 ? `${cutText(text, 40)}…` : text}"`
}

/** `"a" (12), "b" (3) and 4 more`: the first few with how many rows have them. */
export function listed(values: readonly { readonly value: Json; readonly count: number }[]): string {
  const shown = values.slice(0, mostShown).map(({ value, count }) => `${quoted(value)} (${count.toLocaleString('en-US')})`)
  return values.length > mostShown ? `${shown.join(', ')} and ${values.length - mostShown} more` : shown.join(', ')
}

const mostShown = 4
