import { z } from 'zod'
import { isJson, type Json, type JsonObject } from '@/lib/json'
import { adapterIds } from '../adapters/adapter-id'
import type { Demo, ProgramGraph, ProgramState } from '../graph/program'
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

export const jsonSchema: z.ZodType<Json> = z.custom<Json>(isJson, 'is not a JSON value')
export const jsonObjectSchema: z.ZodType<JsonObject> = z.custom<JsonObject>(
  value => typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value),
  'is not an object of JSON values',
)

export const fieldTypeSchema: z.ZodType<FieldType> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['str', 'int', 'float', 'bool', 'any']) }),
    z.object({ kind: z.literal('enum'), values: z.array(z.union([z.string(), z.number()])) }),
    z.object({ kind: z.literal('list'), of: fieldTypeSchema }),
    z.object({ kind: z.literal('dict'), of: fieldTypeSchema }),
    z.object({ kind: z.literal('object'), fields: z.record(keySchema, fieldTypeSchema) }),
    z.object({ kind: z.literal('optional'), of: fieldTypeSchema }),
  ]),
)

// A field may be half-typed while it is edited, so an empty name is stored; the graph check tells about it.
const nameSchema = z.string().refine(name => !unsafeNames.has(name), 'is a name JavaScript reserves: choose another')

export const fieldSchema: z.ZodType<Field> = z.object({
  id: keySchema,
  name: nameSchema,
  role: z.enum(['input', 'output']),
  type: fieldTypeSchema,
  desc: z.string(),
})

const locksSchema = z.object({ instructions: z.literal(true).optional(), demos: z.literal(true).optional() })
const adapterSchema = z.enum(adapterIds, `is no adapter of this version: choose ${adapterIds.join(', ')}, or leave it out`).optional()
const nodeBase = { id: keySchema, name: z.string(), fields: z.array(fieldSchema) }
const nodeSchema = z.discriminatedUnion('kind', [
  z.object({ ...nodeBase, kind: z.literal('input') }),
  z.object({
    ...nodeBase,
    kind: z.literal('signature'),
    module: keySchema,
    moduleParams: jsonObjectSchema,
    locks: locksSchema.optional(),
    slotLocks: z.record(z.string(), locksSchema).optional(),
    adapter: adapterSchema,
  }),
  z.object({ ...nodeBase, kind: z.literal('code'), source: z.string() }),
  z.object({ ...nodeBase, kind: z.literal('output') }),
])
const edgeEndSchema = z.object({ node: keySchema, field: keySchema })

export const graphSchema: z.ZodType<ProgramGraph> = z.object({
  nodes: z.array(nodeSchema),
  edges: z.array(z.object({ id: keySchema, from: edgeEndSchema, to: edgeEndSchema })),
  adapter: adapterSchema,
})

export const demoSchema: z.ZodType<Demo> = jsonObjectSchema

const memberSchema = z.object({ instructions: z.string(), demos: z.array(demoSchema), lm: keySchema.optional() })
export const stateSchema: z.ZodType<ProgramState> = z.record(
  keySchema,
  memberSchema.extend({
    nearest: z.object({ k: z.number().int().positive(), embedder: keySchema.optional() }).optional(),
    ensemble: z.object({ reduce: z.enum(['majority', 'mean', 'median']), members: z.array(memberSchema) }).optional(),
  }),
)
