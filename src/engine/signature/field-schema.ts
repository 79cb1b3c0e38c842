import { z } from 'zod'
import type { FieldType } from './field-type'
import { keySchema, unsafeNames } from './key-schema'
import type { Field } from './signature'

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
