import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { pythonRandom, type Rng } from '@/lib/rng'

/** What a power cut, a fault of a disk, an editor or another version may do to a file of JSON lines. */
export const lineDamages = [
  'a missing line',
  'a line twice',
  'lines out of order',
  'torn in the middle',
  'torn at the end',
  'garbage',
  'another kind of record',
  'another version',
  'a missing field',
  'a field of another type',
  'a byte order mark',
  'CRLF',
  'empty lines',
  'zeros at the end',
  'zeros in the middle',
  'zeros before a line',
] as const

export interface LineDamage {
  readonly way: (typeof lineDamages)[number]
  /** Where, as a share of the lines. */
  readonly at: number
  readonly seed: number
}

/** The bytes of a file after one damage. Values of the right type stay what they were: nobody could tell. */
export function damagedLines(file: Buffer, { way, at, seed }: LineDamage): Buffer {
  const text = file.toString('utf8')
  const isEnded = text.endsWith('\n')
  const lines = (isEnded ? text.slice(0, -1) : text).split('\n')
  const place = Math.min(lines.length - 1, Math.floor(at * lines.length))
  const line = lines[place] ?? ''
  const rng = pythonRandom(String(seed))
  const write = (changed: readonly string[], end = '\n'): Buffer => Buffer.from(`${changed.join(end)}${isEnded ? end : ''}`)
  const put = (...instead: readonly string[]): Buffer => write([...lines.slice(0, place), ...instead, ...lines.slice(place + 1)])
  switch (way) {
    case 'a missing line':
      return put()
    case 'a line twice':
      return write([...lines, line])
    case 'lines out of order':
      return write([...lines.slice(place), ...lines.slice(0, place)])
    case 'torn in the middle':
      return put(line.slice(0, Math.floor(line.length * rng.random())))
    case 'torn at the end':
      return Buffer.from(text.slice(0, Math.floor(text.length * at)))
    case 'garbage':
      return put('\u0001\ufffd{"', line)
    case 'another kind of record':
      return put('{"kind":"unknown","of":["another","program"]}', '[1,2]', 'null', '"text"', line)
    case 'another version':
      return put(line.replace(/^\{/, '{"version":99,"more":{"a":[1]},'))
    case 'a missing field':
    case 'a field of another type':
      return put(changedLine(line, way, rng))
    case 'a byte order mark':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), file])
    case 'CRLF':
      return write(lines, '\r\n')
    case 'empty lines':
      return put('', '  ', line, '\t')
    case 'zeros at the end':
      return Buffer.concat([file, Buffer.alloc(1 + rng.randint(0, 5000))])
    case 'zeros in the middle':
      return put(`${line.slice(0, 10)}${'\0'.repeat(20)}${line.slice(30)}`)
    case 'zeros before a line':
      return put(`${'\0'.repeat(rng.randint(1, 4096))}${line}`)
  }
}

function changedLine(line: string, way: RecordDamage, rng: Rng): string {
  const parsed = parseJson(line)
  return parsed.ok && isJsonObject(parsed.value) ? JSON.stringify(damagedFields(parsed.value, way, rng)) : line
}

export type RecordDamage = 'a missing field' | 'a field of another type'

/** A record of which one field that is needed is gone, or something else. */
export function damagedFields(record: JsonObject, way: RecordDamage, rng: Rng): JsonObject {
  const paths = needed(record)
  return changed(record, paths[rng.randint(0, paths.length - 1)] ?? [], way)
}

/** Fields that no record can do without. */
function needed(value: JsonObject): readonly (readonly string[])[] {
  return Object.entries(value).flatMap(([name, part]): (readonly string[])[] => {
    const inner = isJsonObject(part) && name !== 'request' ? Object.keys(part).map(key => [name, key]) : []
    return optional.has(name) ? [] : [[name], ...inner.filter(([, key = '']) => !optional.has(key))]
  })
}

const optional: ReadonlySet<string> = new Set([
  'paid',
  'lost',
  'lostSpent',
  'judge',
  'finish',
  'parts',
  'prediction',
  'error',
  'feedback',
  'callKeys',
  'scoring',
  'facts',
  'budget',
  'overrides',
  'optimizer',
  'metric',
])

function changed(
  value: JsonObject,
  [name = '', ...rest]: readonly string[],
  way: 'a missing field' | 'a field of another type',
): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]): [string, Json][] => {
      if (key !== name) return [[key, part]]
      if (rest.length > 0 && isJsonObject(part)) return [[key, changed(part, rest, way)]]
      return way === 'a missing field' ? [] : [[key, typeof part === 'object' ? 'a text' : { of: 'another type' }]]
    }),
  )
}
