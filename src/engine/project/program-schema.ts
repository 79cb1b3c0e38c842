import { z } from 'zod'
import { adapterIds } from '../adapters/adapter-id'
import type { Body, Demo, ProgramGraph, ProgramNode, ProgramState } from '../graph/program'
import { nodeKinds } from '../modules/registry'
import { fieldSchema } from '../signature/field-schema'
import { jsonObjectSchema, keySchema } from '../signature/key-schema'

const locksSchema = z.object({ instructions: z.literal(true).optional(), demos: z.literal(true).optional() })
const adapterSchema = z.enum(adapterIds, `is no adapter of this version: choose ${adapterIds.join(', ')}, or leave it out`).optional()
const nodeBase = { id: keySchema, name: z.string(), fields: z.array(fieldSchema) }
const bodySchema: z.ZodType<Body> = z.lazy(() =>
  z.object({
    id: keySchema.refine(id => !id.includes('/'), 'holds a slash, which parts the names in a path'),
    name: z.string(),
    graph: graphSchema,
  }),
)
const stepBase = {
  ...nodeBase,
  moduleParams: jsonObjectSchema.optional(),
  locks: locksSchema.optional(),
  slotLocks: z.record(z.string(), locksSchema).optional(),
  adapter: adapterSchema,
  bodies: z.array(bodySchema).optional(),
}

/** Built where it is used: the registry decides which kinds of nodes there are. */
const nodeSchema = z.lazy((): z.ZodType<ProgramNode> => {
  const steps = nodeKinds.map(({ id, shape }) => z.object({ ...stepBase, ...shape, kind: z.literal(id) }))
  // The shape of each kind says what its node holds; which kind that is, the compiler cannot follow through the registry.
  return z.discriminatedUnion('kind', [
    z.object({ ...nodeBase, kind: z.literal('input') }),
    z.object({ ...nodeBase, kind: z.literal('output') }),
    ...steps,
  ]) as unknown as z.ZodType<ProgramNode>
})
const edgeEndSchema = z.object({ node: keySchema, field: keySchema })

export const graphSchema: z.ZodType<ProgramGraph> = z.object({
  nodes: z.array(nodeSchema),
  edges: z.array(z.object({ id: keySchema, from: edgeEndSchema, to: edgeEndSchema })),
  adapter: adapterSchema,
})

export const demoSchema: z.ZodType<Demo> = jsonObjectSchema

export const stateSchema: z.ZodType<ProgramState> = z.record(
  keySchema,
  z.object({
    instructions: z.string(),
    demos: z.array(demoSchema),
    lm: keySchema.optional(),
    nearest: z.object({ k: z.number().int().positive(), embedder: keySchema.optional() }).optional(),
  }),
)
