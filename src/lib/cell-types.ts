import { isUnsafeInteger, parseExactJson } from './exact-json'
import { isJsonObject, type Json } from './json'
import { pythonJson, pythonNumber } from './python-text'

/** Cells that are files: a `data:` URL of one. Whoever stores the cells puts the bytes elsewhere. */
export type FileCellType = 'image' | 'audio' | 'file'
export type CellType = 'str' | 'int' | 'float' | 'bool' | 'json' | FileCellType

export function isFileCell(type: CellType): type is FileCellType {
  return type === 'image' || type === 'audio' || type === 'file'
}

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
    /** Whether any cell of the column has content. */
    hasContent: (index: number): boolean => seen[index] !== undefined,
  }
}

/**
 * A cell as it is stored: in its column's type where that prints back as the file has it, otherwise the text of the file. So a
 * column that feeds a text loses no character, and one that feeds a number is converted when it is used.
 */
export function storedCell(cell: Json | undefined, type: CellType): Json {
  if (typeof cell !== 'string') return convertCell(cell, type)
  if (type === 'str') return cell
  const value = convertCell(cell, type)
  if (typeof value === 'number') return String(value) === cell && pythonNumber(value) === cell ? value : cell
  // A list prints otherwise in a field of text than in its file.
  return isJsonObject(value) && pythonJson(value) === cell ? value : cell
}

/** A cell as its column's type has it. What does not fit stays as it was read: an import changes nothing it does not understand. */
export function convertCell(cell: Json | undefined, type: CellType): Json {
  if (cell === undefined || cell === null) return null
  if (type === 'str') return typeof cell === 'string' ? cell : JSON.stringify(cell)
  if (typeof cell !== 'string' || isFileCell(type)) return cell
  const text = cell.trim()
  if (text === '') return null
  if (type === 'bool') return booleans.get(text.toLowerCase()) ?? cell
  if (type === 'json') {
    const json = parseExactJson(text)
    return json.ok ? json.value : cell
  }
  return numberOf(text, type) ?? cell
}

/** The number that a text is; undefined for other words, and for an integer that would be rounded. */
export function numberOf(text: string, type: 'int' | 'float'): number | undefined {
  if (!numberPattern.test(text) || isUnsafeInteger(text.replace(/^\+/, ''))) return undefined
  const number = Number(text)
  return Number.isFinite(number) && (type === 'float' || Number.isInteger(number)) ? number : undefined
}

function cellType(cell: Json): CellType | undefined {
  if (cell === null || cell === '') return undefined
  if (typeof cell === 'boolean') return 'bool'
  if (typeof cell === 'number') return Number.isInteger(cell) ? 'int' : 'float'
  if (typeof cell !== 'string') return fileType(cell) ?? 'json'
  const text = cell.trim()
  if (text === '') return undefined
  if (/^-?(0|[1-9]\d{0,15})$/.test(text) && text !== '-0') return isUnsafeInteger(text) ? 'str' : 'int'
  // A leading zero or plus and a capital E are parts of codes (a zip, a phone number, a product), and what prints otherwise is text.
  if (numberPattern.test(text)) return isPlainDecimal(text) || String(Number(text)) === text ? 'float' : 'str'
  if (booleans.has(text.toLowerCase())) return 'bool'
  const file = /^data:(\w{1,20})\/[\w.+-]{1,80};base64,/i.exec(text)
  if (file) return /^image$/i.test(file[1] ?? '') ? 'image' : /^audio$/i.test(file[1] ?? '') ? 'audio' : 'file'
  return isJsonText(text) ? 'json' : 'str'
}

/** A file that is kept already, by what is said of it. */
function fileType(cell: Json): FileCellType | undefined {
  if (!isJsonObject(cell) || typeof cell['$blob'] !== 'string') return undefined
  const [kind] = String(cell['mime']).split('/')
  return kind === 'image' || kind === 'audio' ? kind : 'file'
}

/** As spreadsheets and pandas write numbers: `1.0`, `0.50`. Where such a column feeds a text, the zeros stay. */
function isPlainDecimal(text: string): boolean {
  return /^-?(0|[1-9]\d{0,14})\.\d{1,17}$/.test(text) && text.length < 25
}

function isJsonText(text: string): boolean {
  const first = text[0]
  if ((first !== '{' && first !== '[') || text.length > 100_000) return false
  const json = parseExactJson(text)
  return json.ok && (isJsonObject(json.value) || Array.isArray(json.value))
}

const numberPattern = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i
const booleans = new Map([
  ['true', true],
  ['false', false],
])
