import { parseTwofoldJson } from '../exact-json'
import { isJsonObject, type Json } from '../json'
import { keyNames, safeName } from './column-names'
import type { TableSink } from './table'

/** Turns JSON objects into rows. Columns are the keys in the order in which they first appear; a missing key is an empty cell. */
export function objectRows(sink: TableSink) {
  const places = new Map<string, number>()
  return {
    /** `text` is one object as JSON. */
    add(text: string, line: number): void {
      // A broken file may hold a million of these, and an error of the parser costs more than all else here.
      if (text === '') return sink.bad(line, 'is not JSON: nothing stands in front of a closing bracket', text)
      const json = parseTwofoldJson(text)
      if (!json.ok) return sink.bad(line, `is not JSON: ${json.reason}`, text)
      if (json.odd.nan > 0) sink.left('nan', json.odd.nan)
      this.addValue(json.raw, line, { text, typed: json.typed })
    },
    /** `typed`: the same object with its numbers as numbers, where `value` has them as they are written. */
    addValue(value: Json, line: number, { text, typed = value }: { readonly text: string; readonly typed?: Json }): void {
      if (!isJsonObject(value)) return sink.bad(line, `is ${kindOf(value)}, not an object with one value for each column`, text)
      const cells: Json[] = Array.from({ length: places.size }, () => null)
      const types: Json[] | undefined = typed === value ? undefined : [...cells]
      for (const [key, written] of Object.entries(value)) {
        const known = isJsonObject(typed) ? (typed[key] ?? null) : null
        // Only a number that is the cell itself is kept as it is written: inside of lists and objects numbers stay numbers.
        const cell = typeof written === 'object' ? known : written
        if (isTooDeep(cell, maxDepth)) return sink.bad(line, `is nested more than ${maxDepth} levels deep`, text)
        if (
          typeof cell === 'object' &&
          text.length > sink.limits.maxCellLength &&
          JSON.stringify(cell).length > sink.limits.maxCellLength
        ) {
          return sink.bad(line, `has a cell longer than ${sink.limits.maxCellLength.toLocaleString('en-US')} characters`, text)
        }
        const name = safeName(key)
        let place = places.get(name)
        if (place === undefined) {
          place = places.size
          places.set(name, place)
          sink.columns(keyNames([...places.keys()]))
        }
        cells[place] = cell
        if (types) types[place] = typeCell(known)
      }
      sink.row(cells, line, { text, typed: types ?? (cells.some(isInfinite) ? cells.map(typeCell) : cells) })
    },
  }
}

/** `Infinity` stands among numbers and says nothing of their type. */
function typeCell(cell: Json): Json {
  return isInfinite(cell) ? null : cell
}

function isInfinite(cell: Json): boolean {
  return cell === 'Infinity' || cell === '-Infinity'
}

const maxDepth = 64

function isTooDeep(value: Json, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return left === 0 || Object.values(value).some(item => isTooDeep(item, left - 1))
}

function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return `a ${typeof value}`
}
