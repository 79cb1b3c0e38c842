import { isJsonObject, type Json } from '@/lib/json'
import { fileRefsIn, isBlobRef, mapFiles } from '../blobs/blob-ref'
import { isDocument } from '../lm/document'
import { contentOf, type Content, type Part } from '../lm/parts'
import type { FieldType } from '../signature/types/field-type'
import { partType, typesWithin } from '../signature/types/registry'

/** Puts files and documents where their values stand in a text. */
export interface FilePlaces {
  /** The value with a mark in place of each file: to be written as any other value. The type tells which objects are documents. */
  hold(value: Json, type?: FieldType): Json
  /** The text cut at its marks, with the files between its pieces. */
  fill(text: string): Content
}

/**
 * For the values that go into one message. A file becomes a part of its own at the place of its value, with the text around it as it is;
 * inside a list or an object the quotes that JSON puts around a text are taken off. Without files nothing changes.
 * Differs: DSPy leaves those quotes, around nothing; and the marks are made for the message, so that no text of a row can pass for one; DSPy's are the same everywhere.
 */
export function filePlaces(values: readonly Json[], types: readonly FieldType[] = []): FilePlaces {
  if (fileRefsIn(values).length === 0 && !types.some(holdsDocument)) return { hold: value => value, fill: text => text }
  const mark = unusedMark(JSON.stringify(values))
  const held: Part[] = []
  const marked = (part: Part): string => `${mark}${held.push(part) - 1}${mark}`
  return {
    hold(value, type) {
      const files = mapFiles(value, ref => marked(isBlobRef(ref) ? { type: 'blob', ref } : { type: 'remote', ref }))
      return type && holdsDocument(type) ? withDocuments(type, files, marked) : files
    },
    fill(text) {
      const parts: Part[] = []
      let from = 0
      for (const match of text.matchAll(new RegExp(`"?${mark}(\\d+)${mark}"?`, 'g'))) {
        const part = held[Number(match[1])]
        if (!part) continue
        if (match.index > from) parts.push({ type: 'text', text: text.slice(from, match.index) })
        parts.push(part)
        from = match.index + match[0].length
      }
      if (from < text.length) parts.push({ type: 'text', text: text.slice(from) })
      return contentOf(parts)
    },
  }
}

function holdsDocument(type: FieldType): boolean {
  return typesWithin(type).some(({ kind }) => kind === 'document')
}

function withDocuments(type: FieldType, value: Json, marked: (part: Part) => string): Json {
  if (type.kind === 'optional') return withDocuments(type.of, value, marked)
  if (type.kind === 'document') {
    const document = typeof value === 'string' ? { data: value } : value
    return isDocument(document) ? marked({ type: 'document', document }) : value
  }
  if (Array.isArray(value)) return value.map((item: Json, at) => withDocuments(partType(type, at) ?? any, item, marked))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDocuments(partType(type, key) ?? any, item, marked)]))
}

const any: FieldType = { kind: 'any' }

/** A run of a character for private use, longer than any in the text. */
function unusedMark(text: string): string {
  let mark = '\uE000'
  while (text.includes(mark)) mark += '\uE000'
  return mark
}
