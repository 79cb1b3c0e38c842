import { z } from 'zod'
import type { Json, JsonObject } from '@/lib/json'
import { adapterIds } from './adapter-id'
import type { Demo, ProgramGraph, ProgramState } from './program'
import type { FieldType } from '../signature/field-type'
import type { Field } from '../signature/signature'

/** Names that would reach into `Object.prototype` where somebody forgets to look for own properties only. */
export const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Ids and names that serve as object keys. */
export const keySchema = z
  .string()
  .min(1, 'is empty')
  .max(500, 'is longer than 500 characters')
  .refine(name => !unsafeNames.has(name), 'is a name JavaScript reserves: choose another')

/** Far above what a person or a model writes: a longer one can only hang whoever draws it. */
const longestText = 1_000_000
const longestName = 10_000

/** Instructions, descriptions, code. */
export const textSchema = z.string().refine(text => text.length <= longestText, { error: ({ input }) => tooLong(input, longestText) })
/** What a user calls something. May be empty while it is typed. */
export const titleSchema = z.string().refine(text => text.length <= longestName, { error: ({ input }) => tooLong(input, longestName) })

/** A list of things that are told apart by their ids. */
export function distinct<T extends { readonly id: string }>(item: z.ZodType<T>, what: string): z.ZodType<T[]> {
  return z.array(item).refine(list => new Set(list.map(({ id }) => id)).size === list.length, `has two ${what} with the same id`)
}

export const jsonSchema: z.ZodType<Json> = z.custom<Json>(isJson, 'is not a JSON value')
export const jsonObjectSchema: z.ZodType<JsonObject> = z.custom<JsonObject>(
  value => typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value),
  'is not an object of JSON values',
)
/** Settings: their texts are drawn in forms, and code among them is run. */
export const paramsSchema = jsonObjectSchema.refine(
  hasShortTexts,
  `holds a text longer than ${longestText.toLocaleString('en')} characters`,
)

export const fieldTypeSchema: z.ZodType<FieldType> = z.lazy(() =>
  z.discriminatedUnion(
    'kind',
    [
      z.object({ kind: z.enum(['str', 'int', 'float', 'bool', 'any']) }),
      z.object({ kind: z.literal('enum'), values: z.array(z.union([textSchema, z.number()])) }),
      z.object({ kind: z.literal('list'), of: fieldTypeSchema }),
      z.object({ kind: z.literal('dict'), of: fieldTypeSchema }),
      z.object({ kind: z.literal('object'), fields: z.record(keySchema, fieldTypeSchema) }),
      z.object({ kind: z.literal('optional'), of: fieldTypeSchema }),
    ],
    'is no type of field that this version knows',
  ),
)

// A field may be half-typed while it is edited, so an empty name is stored; the graph check tells about it.
const nameSchema = titleSchema.refine(name => !unsafeNames.has(name), 'is a name JavaScript reserves: choose another')

export const fieldSchema: z.ZodType<Field> = z.object({
  id: keySchema,
  name: nameSchema,
  role: z.enum(['input', 'output']),
  type: fieldTypeSchema,
  desc: textSchema,
})

const locksSchema = z.object({ instructions: z.literal(true).optional(), demos: z.literal(true).optional() })
const adapterSchema = z.enum(adapterIds, `is no adapter of this version: choose ${adapterIds.join(', ')}, or leave it out`).optional()
const nodeBase = { id: keySchema, name: titleSchema, fields: distinct(fieldSchema, 'fields') }
const nodeKinds = [
  z.object({ ...nodeBase, kind: z.literal('input') }),
  z.object({
    ...nodeBase,
    kind: z.literal('signature'),
    module: keySchema,
    moduleParams: paramsSchema,
    locks: locksSchema.optional(),
    slotLocks: z.record(z.string(), locksSchema).optional(),
    adapter: adapterSchema,
  }),
  z.object({ ...nodeBase, kind: z.literal('code'), source: textSchema }),
  z.object({ ...nodeBase, kind: z.literal('output') }),
] as const
const nodeSchema = z.discriminatedUnion('kind', nodeKinds, 'is no kind of step that this version knows')
const edgeEndSchema = z.object({ node: keySchema, field: keySchema })

export const graphSchema: z.ZodType<ProgramGraph> = z.object({
  nodes: distinct(nodeSchema, 'nodes'),
  edges: distinct(z.object({ id: keySchema, from: edgeEndSchema, to: edgeEndSchema }), 'wires'),
  adapter: adapterSchema,
  jsonFallback: z.enum(['once', 'never'], 'is no choice of this version: choose once or never, or leave it out').optional(),
})

export const demoSchema: z.ZodType<Demo> = jsonObjectSchema

const memberSchema = z.object({ instructions: textSchema, demos: z.array(demoSchema), lm: keySchema.optional() })
export const stateSchema: z.ZodType<ProgramState> = z.record(
  keySchema,
  memberSchema.extend({
    nearest: z.object({ k: z.number().int().positive(), embedder: keySchema.optional() }).optional(),
    ensemble: z.object({ reduce: z.enum(['majority', 'mean', 'median']), members: z.array(memberSchema) }).optional(),
  }),
)

function tooLong(input: unknown, most: number): string {
  const length = typeof input === 'string' ? input.length : 0
  return `is ${length.toLocaleString('en')} characters long, and at most ${most.toLocaleString('en')} are taken`
}

function hasShortTexts(value: Json): boolean {
  if (typeof value === 'string') return value.length <= longestText
  return typeof value !== 'object' || value === null || Object.values(value).every(hasShortTexts)
}

/** True for what `JSON.stringify` keeps as it is: no NaN, no undefined, no class instances, no own `__proto__`. */
export function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.every(isJson)
  const entries = Object.entries(value)
  return Object.getPrototypeOf(value) === Object.prototype && entries.every(([key, item]) => key !== '__proto__' && isJson(item))
}
