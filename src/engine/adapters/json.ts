import type { JsonObject } from '@/lib/json'
import type { ResponseFormat } from '../lm/lm'
import type { Signature } from '../signature/signature'
import type { Adapter } from './adapter'
import { adapterHelp } from './adapter-help'
import { formatJson } from './format-value'
import { block, placeholder, reminded, type Layout } from './frame'
import { frameText } from './frame-text'
import { parseValue, parseValueExactly } from './parse-value'
import { readLooseObject } from './loose-json'
import { messageFormat } from './messages'
import { readOutputs } from './outputs'
import { responseSchema, responseSchemaName } from './response-schema'

/** DSPy's JSONAdapter: inputs as in chat, the answer as one JSON object, enforced by the provider where it can. */
export const jsonAdapter = jsonAdapterOf('json', jsonLayout(false), false)
export const exactJsonAdapter = jsonAdapterOf('json', jsonLayout(true), true)

/** An adapter whose answers are one JSON object. */
export function jsonAdapterOf(id: 'json' | 'baml', layout: Layout, isExact: boolean): Adapter {
  return {
    id,
    ...adapterHelp[id],
    block,
    format: messageFormat(layout),
    parse(signature, text) {
      const names = signature.fields.flatMap(field => (field.role === 'output' ? [field.name] : []))
      const object = readLooseObject(text, candidate => isExact || names.some(name => Object.hasOwn(candidate, name)))
      return readOutputs(signature, { text, adapter: id }, ({ name, type }) => {
        // What is no object is not an answer without optional outputs.
        if (object === undefined) return type.kind === 'optional' ? { ok: false, reason: 'the answer is no JSON object' } : undefined
        const value = Object.hasOwn(object, name) ? object[name] : undefined
        return value === undefined ? undefined : (isExact ? parseValueExactly : parseValue)(type, value)
      })
    },
    responseFormats(signature, { capabilities: { responseFormats } }) {
      // Tools and thoughts may take all outputs out of the words.
      if (!signature.fields.some(({ role }) => role === 'output')) return []
      const formats: ResponseFormat[] = []
      const schema = responseFormats.includes('json_schema') ? schemaOf(signature) : undefined
      if (schema) formats.push({ type: 'json_schema', name: responseSchemaName, schema })
      if (responseFormats.includes('json_object')) formats.push({ type: 'json_object' })
      return formats
    },
  }
}

/** Asked for with every request, also where chat comes first: made once a signature. */
function schemaOf(signature: Signature): JsonObject | undefined {
  let schema = schemas.get(signature)
  if (schema === undefined)
    schemas.set(signature, (schema = { of: responseSchema(signature.fields.filter(({ role }) => role === 'output')) }))
  return schema.of
}

const schemas = new WeakMap<Signature, { readonly of: JsonObject | undefined }>()

/** Inputs under markers, outputs as one object. */
export function jsonLayout(isExact: boolean): Layout {
  return {
    block,
    structure: (inputs, outputs) =>
      [
        frameText.introduction,
        frameText.jsonInputs,
        ...inputs.map(field => block(field.name, placeholder(field, isExact))),
        frameText.jsonOutputs,
        object(outputs.map(field => [field.name, JSON.stringify(placeholder(field, isExact))])),
      ].join('\n\n'),
    reminder: outputs => frameText.jsonReminder(outputs.map(field => reminded(field, `\`${field.name}\``))),
    answer: (outputs, demo, filler) =>
      object(
        outputs.map(field => {
          const value = Object.hasOwn(demo, field.name) ? demo[field.name] : undefined
          return [field.name, value === undefined ? JSON.stringify(filler ?? null) : formatJson(field.type, value, '  ')]
        }),
      ),
  }
}

/** Python's `json.dumps(…, indent=2)` of values that are JSON text already. */
function object(entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return '{}'
  return `{\n${entries.map(([key, value]) => `  ${JSON.stringify(key)}: ${value}`).join(',\n')}\n}`
}
