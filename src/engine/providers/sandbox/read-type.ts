import { isJsonObject, parseJson, type Json } from '@/lib/json'
import type { FieldType } from '@/engine/signature/field-type'

/**
 * Reads a type as a prompt spells it (`str`, `Literal['a', 'b']`, `list[int]`, `Union[int, NoneType]`). An unknown name
 * becomes an object whose fields come from the JSON schema the prompt shows for it, if any.
 */
export function readType(text: string, schema?: Json): FieldType {
  const name = text.trim()
  const bracket = name.indexOf('[')
  const head = (bracket < 0 ? name : name.slice(0, bracket)).toLowerCase()
  const parts = bracket < 0 ? [] : splitTopLevel(name.slice(bracket + 1, name.lastIndexOf(']')))
  const first = parts[0] ?? 'any'
  switch (head) {
    case 'str':
    case 'int':
    case 'float':
    case 'bool':
    case 'any':
      return { kind: head }
    case 'literal':
    case 'enum':
      return { kind: 'enum', values: parts.map(literal) }
    case 'list':
    case 'set':
    case 'tuple':
      return { kind: 'list', of: readType(first) }
    case 'dict':
      return { kind: 'dict', of: readType(parts[1] ?? 'any') }
    case 'optional':
      return { kind: 'optional', of: readType(first) }
    case 'union':
    case 'uniontype': {
      const real = parts.filter(part => !isNone(part))
      const inner = readType(real[0] ?? 'any')
      return real.length < parts.length ? { kind: 'optional', of: inner } : inner
    }
    default:
      return schema === undefined ? { kind: 'any' } : typeOfSchema(schema)
  }
}

/** Splits at commas that stand outside brackets and quotes. */
export function splitTopLevel(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quote = ''
  let part = ''
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (quote !== '') {
      if (char === '\\') {
        part += char + text.charAt(at + 1)
        at += 1
        continue
      }
      if (char === quote) quote = ''
    } else if (char === "'" || char === '"') quote = char
    else if (char === '[' || char === '(' || char === '{') depth += 1
    else if (char === ']' || char === ')' || char === '}') depth -= 1
    else if (char === ',' && depth === 0) {
      parts.push(part.trim())
      part = ''
      continue
    }
    part += char
  }
  if (part.trim() !== '') parts.push(part.trim())
  return parts
}

function literal(text: string): string | number {
  const quoted = /^(['"])([\s\S]*)\1$/.exec(text)
  if (quoted) return (quoted[2] ?? '').replace(/\\(['"\\])/g, '$1')
  const number = Number(text)
  return text !== '' && Number.isFinite(number) ? number : text
}

function isNone(text: string): boolean {
  return text === 'None' || text === 'NoneType' || text === 'null'
}

function typeOfSchema(schema: Json): FieldType {
  if (!isJsonObject(schema)) return { kind: 'any' }
  if (Array.isArray(schema['enum'])) {
    return { kind: 'enum', values: schema['enum'].filter(value => typeof value === 'string' || typeof value === 'number') }
  }
  if (Array.isArray(schema['anyOf'])) {
    const real = schema['anyOf'].filter(option => !(isJsonObject(option) && option['type'] === 'null'))
    return { kind: 'optional', of: typeOfSchema(real[0] ?? null) }
  }
  switch (schema['type']) {
    case 'string':
      return { kind: 'str' }
    case 'integer':
      return { kind: 'int' }
    case 'number':
      return { kind: 'float' }
    case 'boolean':
      return { kind: 'bool' }
    case 'array':
      return { kind: 'list', of: typeOfSchema(schema['items'] ?? null) }
    case 'object': {
      const properties = schema['properties']
      if (!isJsonObject(properties)) return { kind: 'dict', of: { kind: 'any' } }
      return { kind: 'object', fields: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, typeOfSchema(value)])) }
    }
    default:
      return { kind: 'any' }
  }
}

/** The JSON object a line ends with, if there is one. */
export function schemaIn(line: string): Json | undefined {
  const start = line.indexOf('{"')
  if (start < 0) return undefined
  for (let end = line.lastIndexOf('}'); end > start; end = line.lastIndexOf('}', end - 1)) {
    const parsed = parseJson(line.slice(start, end + 1))
    if (parsed.ok) return parsed.value
  }
  return undefined
}
