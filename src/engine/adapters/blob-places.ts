import type { Json } from '@/lib/json'
import { blobRefsIn, mapBlobs, type BlobRef } from '../blobs/blob-ref'
import { contentOf, type Content, type Part } from '../lm/parts'

/** Puts files where their values stand in a text. */
export interface BlobPlaces {
  /** The value with a mark in place of each file: to be written as any other value. */
  hold(value: Json): Json
  /** The text cut at its marks, with the files between its pieces. */
  fill(text: string): Content
}

/**
 * For the values that go into one message. A file becomes a part of its own at the place of its value, with the text around it as it is;
 * inside a list or an object the quotes that JSON puts around a text are taken off. Without files nothing changes.
 * Differs: the marks are made for the message, so that no text of a row can pass for one; DSPy's are the same everywhere.
 */
export function blobPlaces(values: readonly Json[]): BlobPlaces {
  if (blobRefsIn(values).length === 0) return { hold: value => value, fill: text => text }
  const mark = unusedMark(JSON.stringify(values))
  const refs: BlobRef[] = []
  return {
    hold: value => mapBlobs(value, ref => `${mark}${refs.push(ref) - 1}${mark}`),
    fill(text) {
      const parts: Part[] = []
      let from = 0
      for (const match of text.matchAll(new RegExp(`"?${mark}(\\d+)${mark}"?`, 'g'))) {
        const ref = refs[Number(match[1])]
        if (!ref) continue
        if (match.index > from) parts.push({ type: 'text', text: text.slice(from, match.index) })
        parts.push({ type: 'blob', ref })
        from = match.index + match[0].length
      }
      if (from < text.length) parts.push({ type: 'text', text: text.slice(from) })
      return contentOf(parts)
    },
  }
}

/** A run of a character for private use, longer than any in the text. */
function unusedMark(text: string): string {
  let mark = '\uE000'
  while (text.includes(mark)) mark += '\uE000'
  return mark
}
