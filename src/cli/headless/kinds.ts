import { z } from 'zod'
import { adapters } from '@/engine/adapters/registry'
import { metricKinds } from '@/engine/metrics/registry'
import { stepKinds } from '@/engine/modules/registry'
import { jsonFallbackHelp, jsonFallbacks } from '@/engine/program/json-fallback'
import { optimizerKinds } from '@/engine/optimizers/registry'
import { fieldTypeSchema } from '@/engine/program/program-schema'
import { modelSchema } from '@/engine/project/project-schema'
import { providers } from '@/engine/providers/registry'
import { fieldKinds } from '@/engine/signature/field-kinds'
import { typeName } from '@/engine/signature/type-name'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'

/** One thing that a project can name by its id. */
export interface ListedKind {
  readonly id: string
  readonly title: string
  readonly help: string
  /** DSPy's name of it, where it has one. */
  readonly dspyName?: string
  /** Its settings as a JSON schema: what may be written, with titles, descriptions and defaults. */
  readonly params: JsonObject
  readonly [fact: string]: Json | undefined
}

/** Everything a project can be made of, taken from the registries. */
export function listKinds(): Readonly<Record<KindGroup, readonly ListedKind[]>> {
  return {
    steps: stepKinds.map(({ id, title, help, dspyName, params }) => ({ id, title, help, dspyName, params: paramsSchema(params) })),
    adapters: Object.values(adapters).map(({ id, title, help, dspyName }) => ({ id, title, help, dspyName, params: noParams })),
    jsonFallbacks: jsonFallbacks.map(id => ({ id, ...jsonFallbackHelp[id], params: noParams })),
    metrics: metricKinds.map(({ id, title, help, params }) => ({ id, title, help, params: paramsSchema(params) })),
    optimizers: optimizerKinds.map(({ id, title, help, dspyName, params }) => ({
      id,
      title,
      help,
      dspyName,
      params: paramsSchema(params),
    })),
    providers: providers.map(({ id, title, help, traits }) => ({
      id,
      title,
      help,
      traits: { ...traits },
      params: only(paramsSchema(modelSchema), traits.addressed ? addressedParts : builtInParts),
    })),
    fieldTypes: fieldKinds.map(({ id, help, example }) => ({
      id,
      title: id,
      help,
      example: typeName(example),
      params: partsOfType(id),
    })),
  }
}

export const kindGroups = ['steps', 'adapters', 'jsonFallbacks', 'metrics', 'optimizers', 'providers', 'fieldTypes'] as const
export type KindGroup = (typeof kindGroups)[number]

/** What a model entry of a provider says beside its id and label. */
const addressedParts = ['model', 'baseUrl', 'settings', 'price', 'limits']
const builtInParts = ['settings']

const noParams: JsonObject = { type: 'object', properties: {} }

/** A schema as JSON, with the help of the studio's forms as descriptions and nothing that speaks of their controls. */
function paramsSchema(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      const { help } = jsonSchema
      if (typeof help === 'string') jsonSchema.description = help
      delete jsonSchema['help']
      delete jsonSchema['widget']
    },
  }) as JsonObject // What it makes is JSON by its definition.
}

function only(schema: JsonObject, names: readonly string[]): JsonObject {
  const { properties, required, ...rest } = schema
  const kept = Object.entries(isJsonObject(properties) ? properties : {}).filter(([name]) => names.includes(name))
  const needed = Array.isArray(required) ? required.filter(name => names.includes(String(name))) : []
  return { ...rest, properties: Object.fromEntries(kept), ...(needed.length > 0 && { required: needed }) }
}

const typeSchema = paramsSchema(fieldTypeSchema)
const typeForms = Array.isArray(typeSchema['oneOf']) ? typeSchema['oneOf'].filter(isJsonObject) : []

/** What a type of this kind says beside its kind: the values of an enum, the type of a list's items. */
function partsOfType(kind: string): JsonObject {
  const form = typeForms.find(({ properties }) => {
    const named = isJsonObject(properties) && isJsonObject(properties['kind']) ? properties['kind'] : {}
    return named['const'] === kind || (Array.isArray(named['enum']) && named['enum'].includes(kind))
  })
  if (form === undefined || !isJsonObject(form['properties'])) throw new Error(`the schema of types has no form for ${kind}`)
  const names = Object.keys(form['properties']).filter(name => name !== 'kind')
  const parts = only(form, names)
  return JSON.stringify(parts).includes('"$ref"')
    ? { ...aimedAt('#/$defs/type', parts), $defs: { type: aimedAt('#/$defs/type', typeSchema) } }
    : parts
}

/** A type that holds another refers to the whole schema, which stands in a place of its own here. */
function aimedAt(place: string, value: Json): JsonObject {
  const aimed = (item: Json): Json => {
    if (Array.isArray(item)) return item.map(aimed)
    if (!isJsonObject(item)) return item
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, key === '$ref' ? place : aimed(inner)]))
  }
  const result = aimed(value)
  return isJsonObject(result) ? result : {}
}
