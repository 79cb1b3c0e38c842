import { z } from 'zod'
import { budgetSchema, datasetSchema, metricSchema, modelSchema } from '@/engine/project/project-schema'
import { graphSchema, jsonObjectSchema, jsonSchema, keySchema, stateSchema } from '@/engine/program/program-schema'
import type { Example } from '@/engine/base/example'
import { modelFactsSchema } from '@/engine/lm/model-facts-schema'
import { journalEventSchema, resultSchema } from '@/engine/record/event-schema'
import { callRecordSchema, rolloutRecordSchema, totalsSchema } from '@/engine/record/record-schemas'
import { amountSchema, errorSchema, valuesSchema } from '@/engine/record/value-schemas'
import type { RunSpec } from '@/engine/record/spec'
import type { TryRecord } from './records'
import type { CallUse, ExampleChunk, QuarantinedRecord, StoredDataset, StoredSetting, StoredSpending } from './schema'

export const storedDatasetSchema: z.ZodType<StoredDataset> = z.intersection(
  datasetSchema,
  z.object({ chunkSizes: z.array(z.number().int().nonnegative()) }),
)
/** Its rows are checked one by one where they are read: a damaged one costs no other. */
export const datasetChunkSchema = z.object({ datasetId: z.string(), index: z.number().int(), rows: z.array(z.unknown()) })

export const exampleSchema: z.ZodType<Example> = z.object({ id: z.string(), inputs: valuesSchema, labels: valuesSchema })
export const exampleChunkSchema: z.ZodType<ExampleChunk> = z.object({
  hash: z.string(),
  index: z.number().int(),
  examples: z.array(exampleSchema),
})

const setRefSchema = z.object({ hash: z.string(), count: z.number().int().nonnegative() })
export const runSpecSchema: z.ZodType<RunSpec> = z.object({
  schemaVersion: z.literal(1),
  engineVersion: z.string(),
  kind: z.enum(['row', 'evaluate', 'compile']),
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
    embedding: modelSchema.optional(),
    overrides: z.record(keySchema, modelSchema),
  }),
  data: z.object({ split: z.enum(['train', 'val', 'test', 'all', 'row']), train: setRefSchema, val: setRefSchema }),
  seed: z.number(),
  concurrency: z.number(),
  maxErrors: z.number(),
  budget: budgetSchema,
  callKeys: z.object({ version: z.literal(2), moved: z.record(z.string(), z.string()).optional() }).optional(),
  facts: z.array(modelFactsSchema).optional(),
})

export const runRecordSchema = z.object({
  id: z.string(),
  projectId: z.string(),
  kind: z.enum(['row', 'evaluate', 'compile']),
  title: z.string(),
  status: z.enum(['queued', 'running', 'paused', 'done', 'stopped', 'capped', 'cancelled', 'failed']),
  spec: runSpecSchema,
  createdAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  epoch: z.number().int(),
  heartbeatAt: z.number(),
  totals: totalsSchema,
  activeMs: z.number().optional(),
  finish: z.string().optional(),
  result: resultSchema.optional(),
  error: errorSchema.optional(),
  digest: z.string().optional(),
  divergence: z.object({ seq: z.number(), expected: z.string(), got: z.string() }).optional(),
})

export const tryRecordSchema: z.ZodType<TryRecord> = z.object({
  id: z.string(),
  projectId: z.string(),
  kind: z.enum(['try', 'check']),
  title: z.string(),
  status: z.enum(['running', 'done', 'stopped', 'capped', 'failed']),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  totals: totalsSchema,
  finish: z.string().optional(),
})

const ofRun = { runId: z.string() }
export const storedEventSchema = z
  .looseObject(ofRun)
  .transform(({ runId: _runId, ...event }) => event)
  .pipe(journalEventSchema)
export const storedRolloutSchema = rolloutRecordSchema.extend(ofRun)
export const storedRunCallSchema = callRecordSchema.extend(ofRun)
export const callUseSchema: z.ZodType<CallUse> = z.object({
  key: z.string(),
  usedAt: z.number(),
  bytes: z.number(),
  runId: z.string().optional(),
  entry: z.string().optional(),
  cost: amountSchema.optional(),
})
const spentSchema = z.object({ calls: amountSchema, tokens: amountSchema, cost: amountSchema })
export const spendingSchema: z.ZodType<StoredSpending> = z.object({
  runId: z.string(),
  epoch: z.number().int(),
  spent: spentSchema,
  open: z.array(z.object({ model: z.string(), tokens: amountSchema, cost: amountSchema, key: z.string().optional() })),
  lost: spentSchema,
})
/** What the settings of this version hold. Entries of lists are checked one by one where they are read. */
const settingValues: Readonly<Record<string, z.ZodType>> = {
  databaseId: z.string(),
  notifyWhenDone: z.boolean(),
  'model-facts': z.array(z.unknown()),
}
export const settingSchema: z.ZodType<StoredSetting> = z
  .object({ key: z.string(), value: jsonSchema })
  .refine(({ key, value }) => !Object.hasOwn(settingValues, key) || settingValues[key]?.safeParse(value).success === true, {
    path: ['value'],
    error: 'is not what this setting holds',
  })
export const quarantinedSchema: z.ZodType<QuarantinedRecord> = z.object({
  id: z.string(),
  store: z.string(),
  key: jsonSchema,
  reason: z.string(),
  at: z.number(),
})
