import { isJsonObject, parseJson, type Json } from '../json'
import { safeName } from './column-names'
import type { TableSink } from './table'

/** Turns JSON objects into rows. Columns are the keys in the order in which they first appear; a missing key is an empty cell. */
export function objectRows(sink: TableSink) {
  const places = new Map<string, number>()
  return {
    /** `text` is one object as JSON. */
    add(text: string, line: number): void {
      const json = parseJson(text)
      if (!json.ok) return sink.bad(line, `is not JSON: ${json.reason}`, text)
      this.addValue(json.value, line, text)
    },
    addValue(value: Json, line: number, text: string): void {
      if (!isJsonObject(value)) return sink.bad(line, `is ${kindOf(value)}, not an object with one value for each column`, text)
      const cells: Json[] = Array.from({ length: places.size }, () => null)
      for (const [key, cell] of Object.entries(value)) {
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
          sink.columns([...places.keys()])
        }
        cells[place] = cell
      }
      sink.row(cells, line, text)
    },
  }
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
