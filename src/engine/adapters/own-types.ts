import { isJsonObject, type Json } from '@/lib/json'
import { pythonRepr } from '@/lib/python-text'
import type { FieldType } from '../signature/types/field-type'
import { partType, typesWithin } from '../signature/types/registry'

/** True where a value of the type stands in a prompt in another form than as its JSON. */
export function hasOwnForm(type: FieldType): boolean {
  let known = forms.get(type)
  if (known === undefined) forms.set(type, (known = typesWithin(type).some(({ kind }) => kind === 'tool' || kind === 'tool-calls')))
  return known
}

const forms = new WeakMap<FieldType, boolean>()

/** The value as DSPy's classes print themselves: a tool as one line of text, calls of tools without the ids that providers gave them. */
export function ownForm(type: FieldType, value: Json): Json {
  if (type.kind === 'optional') return ownForm(type.of, value)
  if (type.kind === 'tool') return isJsonObject(value) ? toolLine(value) : value
  if (type.kind === 'tool-calls') return isJsonObject(value) ? withoutIds(value) : value
  if (Array.isArray(value)) return value.map((item: Json, at) => ownForm(partType(type, at) ?? any, item))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ownForm(partType(type, key) ?? any, item)]))
}

const any: FieldType = { kind: 'any' }

function toolLine({ name = '', desc = '', args = {} }: Readonly<Record<string, Json>>): string {
  const words = typeof desc === 'string' && desc !== '' ? `: <desc>${desc.replaceAll('\n', '  ')}</desc>` : ''
  return `${String(name)}${words}. Its arguments: ${pythonRepr(args)}.`
}

function withoutIds(value: Readonly<Record<string, Json>>): Json {
  const { tool_calls: calls, ...others } = value
  if (!Array.isArray(calls)) return value
  return {
    tool_calls: calls.map((call: Json) => (isJsonObject(call) ? { name: call['name'] ?? null, args: call['args'] ?? {} } : call)),
    ...others,
  }
}
