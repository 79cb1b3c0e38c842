import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { isDocument } from '../../lm/document'
import type { TypeOf } from './field-type'
import { toInt } from './plain-kinds'
import { fitted, isList, type TypeKind } from './type-kind'

/** DSPy's experimental `Document`: a text that an answer may cite. */
export const documentKind: TypeKind<TypeOf<'document'>> = {
  help: 'A text that an answer may cite',
  example: { kind: 'document' },
  given: 'documents',
  spell: (_type, _spell, place) => (place === 'prompt' ? 'Document' : 'dspy.experimental.Document'),
  schema: () => ({
    type: 'object',
    properties: {
      context: textOrNothing,
      data: { type: 'string' },
      media_type: { type: 'string', enum: ['text/plain', 'application/pdf'] },
      title: textOrNothing,
    },
    required: ['data'],
  }),
  closedSchema: () => undefined,
  fit: (_type, value) => fitted(toDocument(value)),
  fitness: (_type, value) => (isDocument(value) ? 'exact' : 'lax'),
  read(_type, text) {
    const json = text.trimStart().startsWith('{') ? parseJson(text) : undefined
    return (json?.ok ? toDocument(json.value) : undefined) ?? { data: text }
  },
  parts: () => [],
}

/** DSPy's experimental `Citations`: which places of the documents an answer stands on. */
export const citationsKind: TypeKind<TypeOf<'citations'>> = {
  help: 'Places of documents that the answer stands on',
  example: { kind: 'citations' },
  spell: (_type, _spell, place) => (place === 'prompt' ? 'Citations' : 'dspy.experimental.Citations'),
  schema: () => citationsSchema(['cited_text', 'document_index', 'start_char_index', 'end_char_index']),
  closedSchema: () => {
    const { properties, ...rest } = citationsSchema(Object.keys(citationParts))
    const items = { ...citationSchema(Object.keys(citationParts)), additionalProperties: false }
    return properties === undefined
      ? undefined
      : { ...rest, properties: { citations: { type: 'array', items } }, additionalProperties: false }
  },
  fit: (_type, value) => fitted(toCitations(value)),
  fitness: (_type, value) => (isJsonObject(value) && 'citations' in value ? 'exact' : 'lax'),
  parts: () => [],
}

const textOrNothing: JsonObject = { anyOf: [{ type: 'string' }, { type: 'null' }] }
const citationParts: JsonObject = {
  cited_text: { type: 'string' },
  document_index: { type: 'integer' },
  document_title: textOrNothing,
  end_char_index: { type: 'integer' },
  start_char_index: { type: 'integer' },
  supported_text: textOrNothing,
  type: { type: 'string' },
}

function citationsSchema(required: readonly string[]): JsonObject {
  return { type: 'object', properties: { citations: { type: 'array', items: citationSchema(required) } }, required: ['citations'] }
}

function citationSchema(required: readonly string[]): JsonObject {
  return { type: 'object', properties: citationParts, required }
}

/** A text alone is the whole of a document. Keys that a document does not have are left out, and those that are null. */
function toDocument(value: Json): Json | undefined {
  if (typeof value === 'string') return { data: value }
  if (!isJsonObject(value)) return undefined
  const entries = ['data', 'title', 'media_type', 'context'].flatMap(key =>
    (value[key] ?? null) === null ? [] : [[key, value[key]] as const],
  )
  const document = Object.fromEntries(entries)
  return isDocument(document) ? document : undefined
}

/** A list, one of them, or the whole object. */
function toCitations(value: Json): Json | undefined {
  const list = isList(value) ? value : !isJsonObject(value) ? undefined : 'citations' in value ? value['citations'] : [value]
  if (list === undefined || !isList(list)) return undefined
  const citations = list.map(toCitation)
  return citations.every(citation => citation !== undefined) ? { citations } : undefined
}

function toCitation(value: Json): Json | undefined {
  if (!isJsonObject(value)) return undefined
  const { cited_text: cited, document_title: title, supported_text: supported, type = 'char_location' } = value
  const [document, start, end] = ['document_index', 'start_char_index', 'end_char_index'].map(key => toInt(value[key] ?? null))
  if (typeof cited !== 'string' || typeof type !== 'string' || document === undefined || start === undefined || end === undefined)
    return undefined
  return {
    type,
    cited_text: cited,
    document_index: document,
    ...(typeof title === 'string' && { document_title: title }),
    start_char_index: start,
    end_char_index: end,
    ...(typeof supported === 'string' && { supported_text: supported }),
  }
}
