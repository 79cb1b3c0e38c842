import { z } from 'zod'
import type { Example } from '../base/example'
import { modelFactsSchema } from '../lm/model-facts-schema'
import type { Spent } from '../lm/spend'
import { graphSchema, jsonObjectSchema, keySchema, stateSchema } from '../program/program-schema'
import { budgetSchema, metricSchema, modelSchema } from '../project/project-schema'
import { callKeysVersion, runKinds, runSpecVersion, scoringVersions, splitNames, type RunSpec } from './spec'
import { amountSchema, valuesSchema } from './value-schemas'

const setRefSchema = z.object({ hash: z.string(), count: z.number().int().nonnegative() })
/** What a run was asked, read back from the store or from a file. */
export const runSpecSchema: z.ZodType<RunSpec> = z.object({
  schemaVersion: z.literal(runSpecVersion),
  engineVersion: z.string(),
  kind: z.enum(runKinds),
  title: z.string(),
  graph: graphSchema,
  state: stateSchema,
  metric: metricSchema.optional(),
  optimizer: z.object({ id: z.string(), params: jsonObjectSchema }).optional(),
  models: z.object({
    task: modelSchema,
    prompt: modelSchema,
    teacher: modelSchema.optional(),
    reflection: modelSchema.optional(),
    judge: modelSchema.optional(),
    extraction: modelSchema.optional(),
    embedding: modelSchema.optional(),
    overrides: z.record(keySchema, modelSchema),
  }),
  data: z.object({ split: z.enum([...splitNames, 'row']), train: setRefSchema, val: setRefSchema }),
  seed: z.number(),
  concurrency: z.number(),
  maxErrors: z.number(),
  maxErrorShare: z.number().min(0).max(1).optional(),
  budget: budgetSchema,
  toolCalls: z.object({ run: z.string() }).optional(),
  callKeys: z
    .object({ version: z.literal(callKeysVersion), moved: z.record(z.string(), z.string()).optional(), fresh: z.string().optional() })
    .optional(),
  scoring: z.object({ version: z.literal(scoringVersions) }).optional(),
  facts: z.array(modelFactsSchema).optional(),
  stream: z.object({ fields: z.union([z.literal('all'), z.array(z.string())]) }).optional(),
})

export const exampleSchema: z.ZodType<Example> = z.object({ id: z.string(), inputs: valuesSchema, labels: valuesSchema })

export const spentSchema: z.ZodType<Spent> = z.object({ calls: amountSchema, tokens: amountSchema, cost: amountSchema })
