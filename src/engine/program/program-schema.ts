import { z } from 'zod'
import { type Json, type JsonObject, isJson } from '@/lib/json'
import type { AdapterId } from './adapter-id'
import { jsonFallbacks } from './json-fallback'
import type { Body, Demo, ProgramGraph, ProgramNode, ProgramState } from './program'
import type { DecisionFields } from '../signature/decisions/decision'
import type { Constraints } from '../signature/types/constraints'
import type { ClassType, FieldType } from '../signature/types/field-type'
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

// A field may be half-typed while it is edited, so an empty name is stored; the graph check tells about it.
const nameSchema = titleSchema.refine(name => !unsafeNames.has(name), 'is a name JavaScript reserves: choose another')

const isBare = z.literal(true).optional()
const optionSchema = z.union([textSchema, z.number(), z.boolean(), z.null()])
const enumSchema = z.object({ kind: z.literal('enum'), values: z.array(optionSchema) })
const enumClassSchema = z.object({
  kind: z.literal('enum-class'),
  name: titleSchema,
  desc: textSchema.optional(),
  members: z.array(z.object({ name: titleSchema, value: optionSchema })),
})
const keyTypeSchema = z.discriminatedUnion('kind', [z.object({ kind: z.enum(['int', 'float', 'date']) }), enumSchema, enumClassSchema])

/** A number, or a day or time. */
const bound = z.union([z.number(), titleSchema]).optional()
export const constraintsSchema: z.ZodType<Constraints> = z.object({
  gt: bound,
  ge: bound,
  lt: bound,
  le: bound,
  multipleOf: z.number().optional(),
  minLength: z.number().int().nonnegative().optional(),
  maxLength: z.number().int().nonnegative().optional(),
  pattern: titleSchema.optional(),
  allowInfNan: z.boolean().optional(),
})
const constraints = constraintsSchema.optional()

export const fieldTypeSchema: z.ZodType<FieldType> = z.lazy(() =>
  z.discriminatedUnion(
    'kind',
    [
      z.object({ kind: z.enum(['bool', 'any']) }),
      z.object({ kind: z.enum(['str', 'int', 'float', 'date', 'datetime', 'time']), constraints }),
      z.object({ kind: z.enum(['image', 'audio', 'file', 'history', 'reasoning', 'tool', 'tool-calls', 'document', 'citations']) }),
      z.object({ kind: z.literal('code'), language: titleSchema.optional() }),
      z.object({
        kind: z.literal('noul'),
        criteria: z.object({ true: jsonSchema.optional(), false: jsonSchema.optional() }).optional(),
        isPlain: z.literal(true).optional(),
      }),
      z.object({
        kind: z.literal('choice'),
        options: z.array(z.object({ value: optionSchema, desc: jsonSchema })),
        isPlain: z.literal(true).optional(),
      }),
      z.object({ kind: z.literal('score'), levels: z.array(jsonSchema) }),
      enumSchema,
      enumClassSchema,
      z.object({ kind: z.literal('list'), of: fieldTypeSchema, isBare, constraints }),
      z.object({ kind: z.literal('set'), of: fieldTypeSchema, isBare, constraints }),
      z.object({ kind: z.literal('tuple'), items: z.array(fieldTypeSchema), rest: fieldTypeSchema.optional(), isBare, constraints }),
      z.object({ kind: z.literal('dict'), of: fieldTypeSchema, key: keyTypeSchema.optional(), isBare, constraints }),
      z.object({ kind: z.literal('object'), fields: z.record(keySchema, fieldTypeSchema) }),
      classSchema,
      z.object({ kind: z.literal('itself'), name: titleSchema }),
      z.object({ kind: z.literal('optional'), of: fieldTypeSchema }),
      z.object({ kind: z.literal('union'), of: z.array(fieldTypeSchema) }),
    ],
    'is not a type of field that this version knows',
  ),
)

const classSchema = z.object({
  kind: z.literal('class'),
  name: titleSchema,
  desc: textSchema.optional(),
  fields: z.array(
    z.object({
      name: nameSchema,
      // Read when it is asked for: the two schemas hold each other.
      get type(): z.ZodType<FieldType> {
        return fieldTypeSchema
      },
      desc: textSchema.optional(),
      default: jsonSchema.optional(),
    }),
  ),
})

/** A type with a name, as a project keeps it. */
export const classTypeSchema: z.ZodType<ClassType> = z.discriminatedUnion('kind', [classSchema, enumClassSchema])

export const fieldSchema: z.ZodType<Field> = z.object({
  id: keySchema,
  name: nameSchema,
  role: z.enum(['input', 'output']),
  type: fieldTypeSchema,
  desc: textSchema,
  default: jsonSchema.optional(),
  prefix: titleSchema.optional(),
  constraints: constraintsSchema.optional(),
})

const locksSchema = z.object({ instructions: z.literal(true).optional(), demos: z.literal(true).optional() })
// One that this version does not know is shown and kept, and refused by the check of the program.
const adapterSchema = (keySchema as unknown as z.ZodType<AdapterId>).optional()
const nodeBase = { id: keySchema, name: titleSchema, fields: distinct(fieldSchema, 'fields') }
const bodySchema: z.ZodType<Body> = z.lazy(() =>
  z.object({
    id: keySchema.refine(id => !id.includes('/'), 'holds a slash, which parts the names of a path'),
    name: titleSchema,
    graph: graphSchema,
  }),
)
/** What any node that does something may have. */
const stepBase = {
  ...nodeBase,
  moduleParams: paramsSchema.optional(),
  locks: locksSchema.optional(),
  slotLocks: z.record(z.string(), locksSchema).optional(),
  adapter: adapterSchema,
  bodies: distinct(bodySchema, 'programs').optional(),
  dspyPath: keySchema.optional(),
}
/** What is stored of each kind of step, beside what every step may have. */
export const stepShapes: Record<string, z.ZodRawShape> = {
  signature: { module: keySchema, moduleParams: paramsSchema },
  code: { source: textSchema },
  vote: { moduleParams: paramsSchema, bodies: distinct(bodySchema, 'programs') },
  template: { moduleParams: paramsSchema },
  constant: {},
  branch: { moduleParams: paramsSchema },
}
const nodeSchema: z.ZodType<ProgramNode> = z.lazy(() => {
  const ends = (['input', 'output'] as const).map(kind => z.object({ ...nodeBase, kind: z.literal(kind) }))
  const steps = Object.entries(stepShapes).map(([kind, shape]) => z.object({ ...stepBase, ...shape, kind: z.literal(kind) }))
  const [first, ...others] = [...ends, ...steps]
  if (first === undefined) throw new Error('there are kinds of nodes')
  const known = z.discriminatedUnion('kind', [first, ...others])
  const kinds = new Set<unknown>(['input', 'output', ...Object.keys(stepShapes)])
  // A kind of another version may hold anything beside what every step may have; it is shown and kept, and refused by the check of the program.
  const foreign = z.looseObject({ ...stepBase, kind: keySchema })
  return z.unknown().transform((node, context): ProgramNode => {
    const result = (kinds.has(Object(node).kind) ? known : foreign).safeParse(node)
    // The shape of each kind says what its node holds, which the compiler does not follow through a record.
    if (result.success) return result.data as unknown as ProgramNode
    for (const issue of result.error.issues) context.issues.push({ ...issue, input: node } as z.core.$ZodRawIssue)
    return z.NEVER
  })
})
const edgeEndSchema = z.object({ node: keySchema, field: keySchema })

export const graphSchema: z.ZodType<ProgramGraph> = z.object({
  nodes: distinct(nodeSchema, 'nodes'),
  edges: distinct(z.object({ id: keySchema, from: edgeEndSchema, to: edgeEndSchema }), 'wires'),
  adapter: adapterSchema,
  jsonFallback: z
    .enum(jsonFallbacks)
    .exclude(['twice'], 'is not a choice of this version: choose once or never, or leave it out')
    .optional(),
  dspyExact: z.literal(true).optional(),
  nativeTools: z.literal(true).optional(),
})

const demoSchema: z.ZodType<Demo> = jsonObjectSchema

/** Their bounds depend on the types of the outputs, and are checked where a program runs. */
export const decisionFieldsSchema: z.ZodType<DecisionFields> = z.record(
  keySchema,
  z.object({
    threshold: z.number().optional(),
    weights: z.record(z.string(), z.number()).optional(),
    cuts: z.array(z.number()).optional(),
    instructions: jsonSchema.optional(),
    criteria: jsonSchema.optional(),
  }),
)

export const stateSchema: z.ZodType<ProgramState> = z.record(
  keySchema,
  z.object({
    instructions: textSchema,
    demos: z.array(demoSchema),
    lm: keySchema.optional(),
    nearest: z.object({ k: z.number().int().positive(), embedder: keySchema.optional() }).optional(),
    fields: decisionFieldsSchema.optional(),
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
