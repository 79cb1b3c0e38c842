import { isJsonObject, parseJson, type Json } from '../json'

/** `image`: a `data:` URL of one. Whoever stores the cells puts the bytes elsewhere. */
export type CellType = 'str' | 'int' | 'float' | 'bool' | 'json' | 'image'

/** Watches the cells of every column and says the narrowest type that all of them have. Empty cells fit any type. */
export function columnGuesser() {
  const seen: Set<CellType>[] = []
  return {
    add(cells: readonly Json[]): void {
      cells.forEach((cell, index) => {
        const type = cellType(cell)
        if (type) (seen[index] ??= new Set()).add(type)
      })
    },
    type(index: number): CellType {
      const types = seen[index] ?? new Set()
      const [only] = types
      if (types.size === 1 && only) return only
      return types.size === 2 && types.has('int') && types.has('float') ? 'float' : types.has('json') && !types.has('str') ? 'json' : 'str'
    },
  }
}

/** A cell as its column's type has it. What does not fit stays as it was read: an import changes nothing it does not understand. */
export function convertCell(cell: Json | undefined, type: CellType): Json {
  if (cell === undefined || cell === null) return null
  if (type === 'str') return typeof cell === 'string' ? cell : JSON.stringify(cell)
  if (typeof cell !== 'string' || type === 'image') return cell
  const text = cell.trim()
  if (text === '') return null
  if (type === 'bool') return booleans.get(text.toLowerCase()) ?? cell
  if (type === 'json') {
    const json = parseJson(text)
    return json.ok ? json.value : cell
  }
  const number = numberPattern.test(text) ? Number(text) : Number.NaN
  return Number.isFinite(number) && (type === 'float' || Number.isInteger(number)) ? number : cell
}

function cellType(cell: Json): CellType | undefined {
  if (cell === null || cell === '') return undefined
  if (typeof cell === 'boolean') return 'bool'
  if (typeof cell === 'number') return Number.isInteger(cell) ? 'int' : 'float'
  if (typeof cell !== 'string') return 'json'
  const text = cell.trim()
  if (text === '') return undefined
  // A leading zero is part of a code (a zip, a phone number), and beyond 15 digits a number would lose some.
  if (/^[+-]?(0|[1-9]\d{0,14})$/.test(text)) return 'int'
  if (numberPattern.test(text) && !/^[+-]?0\d/.test(text) && text.length < 25) return 'float'
  if (booleans.has(text.toLowerCase())) return 'bool'
  if (/^data:image\/[\w.+-]+;base64,/i.test(text)) return 'image'
  return isJsonText(text) ? 'json' : 'str'
}

function isJsonText(text: string): boolean {
  const first = text[0]
  if ((first !== '{' && first !== '[') || text.length > 100_000) return false
  const json = parseJson(text)
  return json.ok && (isJsonObject(json.value) || Array.isArray(json.value))
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const booleans = new Map([
  ['true', true],
  ['false', false],
])
