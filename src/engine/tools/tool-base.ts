import { z } from 'zod'
import { jsonObjectSchema, jsonSchema } from '../program/program-schema'
import { fieldTypeSchema } from '../program/program-schema'

/** An answer that is written down: for these arguments, or for all others where it names none. */
const fixedAnswerSchema = z.object({ args: jsonObjectSchema.optional(), answer: jsonSchema })

/** What every kind of tool has. */
export const toolBase = {
  name: z.string(),
  desc: z.string().default(''),
  args: z.array(z.object({ name: z.string(), type: fieldTypeSchema, desc: z.string().default('') })).default([]),
  /** Stands in for the tool: in evaluations and compiles, or everywhere. */
  mock: z.object({ use: z.enum(['scored', 'always']), answers: z.array(fixedAnswerSchema) }).optional(),
}

const baseSchema = z.object(toolBase)
export type ToolBase = z.output<typeof baseSchema>
export type ToolArgument = ToolBase['args'][number]
export type ToolMock = NonNullable<ToolBase['mock']>
