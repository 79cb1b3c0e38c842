/**
 * JSON with the keys of every object in code-unit order, so that equal values give equal text whatever built them.
 * `undefined` is dropped from objects and is `null` in lists, as in `JSON.stringify`; so are functions and symbols.
 */
export function canonicalJson(value: unknown): string {
  return write(value) ?? 'null'
}

function write(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(item => write(item) ?? 'null').join(',')}]`
  if (hasToJson(value)) return write(value.toJSON())
  let text = ''
  for (const [key, item] of Object.entries(value).sort(byKey)) {
    const written = write(item)
    if (written === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written}`
  }
  return `{${text}}`
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}
