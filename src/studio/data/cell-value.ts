import { cellText } from '@/engine/data/cell-text'
import type { Json } from '@/lib/json'
import { parseExactJson, plainDigits } from '@/lib/exact-json'
import { storedCell } from '@/lib/cell-types'
import type { Column, ColumnType, DataRow } from '@/engine/project/project'

export type TypedCell = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string }

/** What was typed, as a value of the column's type. An empty box is no value, except in a text column. */
export function typedCell(text: string, type: ColumnType): TypedCell {
  if (type === 'str') return { ok: true, value: text }
  const trimmed = text.trim()
  if (trimmed === '') return { ok: true, value: null }
  switch (type) {
    case 'int':
      if (!/^[+-]?\d+$/.test(trimmed)) return { ok: false, reason: 'Type a whole number.' }
      // Beyond 2^53 a number would be rounded: the digits stay as they are.
      return { ok: true, value: Number.isSafeInteger(Number(trimmed)) ? Number(trimmed) : plainDigits(trimmed) }
    case 'float': {
      const number = Number(trimmed.replace(',', '.'))
      return Number.isFinite(number) ? { ok: true, value: number } : { ok: false, reason: 'Type a number.' }
    }
    case 'bool':
      return readBool(trimmed)
    case 'image':
      return { ok: false, reason: 'Choose an image file, or paste its address.' }
    case 'audio':
      return { ok: false, reason: 'Choose a recording, or paste its address.' }
    case 'file':
      return { ok: false, reason: 'Choose a file, or paste its address.' }
    case 'json': {
      const parsed = parseExactJson(trimmed)
      // What would print otherwise (1.0, 20 digits) stays the text that was typed.
      const isPlain = parsed.ok && JSON.stringify(parsed.value) === trimmed
      return parsed.ok
        ? { ok: true, value: isPlain ? parsed.value : storedCell(trimmed, 'json') }
        : { ok: false, reason: `Not valid JSON: ${parsed.reason}` }
    }
  }
}

/** Rows with the text in any cell, whatever the case. */
export function searchRows(rows: readonly DataRow[], columns: readonly Column[], query: string): readonly DataRow[] {
  const wanted = query.trim().toLowerCase()
  if (wanted === '') return rows
  return rows.filter(row => columns.some(column => cellText(row.cells[column.id]).toLowerCase().includes(wanted)))
}

export const columnTypeNames: Readonly<Record<ColumnType, string>> = {
  str: 'Text',
  int: 'Whole number',
  float: 'Number',
  bool: 'True / false',
  json: 'JSON',
  image: 'Image',
  audio: 'Audio',
  file: 'File',
}

function readBool(text: string): TypedCell {
  const word = text.toLowerCase()
  if (['true', 'yes', '1'].includes(word)) return { ok: true, value: true }
  if (['false', 'no', '0'].includes(word)) return { ok: true, value: false }
  return { ok: false, reason: 'Type true or false.' }
}
