import { z } from 'zod'
import { datasetSchema } from '@/engine/project/project-schema'
import { jsonSchema } from '@/engine/program/program-schema'
import { journalEventSchema, resultSchema } from '@/engine/record/event-schema'
import { callRecordSchema, rolloutRecordSchema, storedCallSchema, totalsSchema } from '@/engine/record/record-schemas'
import { runKinds } from '@/engine/record/spec'
import { exampleSchema, runSpecSchema, spentSchema } from '@/engine/record/spec-schema'
import { amountSchema, errorSchema } from '@/engine/record/value-schemas'
import { runStatuses, tryKinds, tryStatuses, type TryRecord } from './records'
import type {
  CallUse,
  ExampleChunk,
  QuarantinedRecord,
  StoredBlob,
  StoredBlobData,
  StoredBlobOwner,
  StoredDataset,
  StoredSetting,
  StoredSpending,
} from './schema'

export const storedDatasetSchema: z.ZodType<StoredDataset> = z.intersection(
  datasetSchema,
  z.object({ chunkSizes: z.array(z.number().int().nonnegative()) }),
)
/** Its rows are checked one by one where they are read: a damaged one costs no other. */
export const datasetChunkSchema = z.object({ datasetId: z.string(), index: z.number().int(), rows: z.array(z.unknown()) })

export const exampleChunkSchema: z.ZodType<ExampleChunk> = z.object({
  hash: z.string(),
  index: z.number().int(),
  examples: z.array(exampleSchema),
})

export const runRecordSchema = z.object({
  id: z.string(),
  projectId: z.string(),
  kind: z.enum(runKinds),
  title: z.string(),
  status: z.enum(runStatuses),
  spec: runSpecSchema,
  createdAt: z.number(),
  importedAt: z.number().optional(),
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
  kind: z.enum(tryKinds),
  title: z.string(),
  status: z.enum(tryStatuses),
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
export const importedCallSchema = storedCallSchema.extend({
  ...ofRun,
  paidBy: z.string().optional(),
  entry: z.string().optional(),
  cost: amountSchema.optional(),
})
export const spendingSchema: z.ZodType<StoredSpending> = z.object({
  runId: z.string(),
  epoch: z.number().int(),
  spent: spentSchema,
  open: z.array(z.object({ model: z.string(), tokens: amountSchema, cost: amountSchema, key: z.string().optional() })),
  lost: spentSchema,
  reading: z.string().optional(),
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
export const blobSchema: z.ZodType<StoredBlob> = z.object({
  hash: z.string(),
  mime: z.string(),
  bytes: z.number().int().positive(),
  claims: z.number().int().nonnegative(),
  claimedAt: z.number(),
})
export const blobDataSchema: z.ZodType<StoredBlobData> = z.object({ hash: z.string(), data: z.instanceof(Uint8Array<ArrayBuffer>) })
export const blobOwnerSchema: z.ZodType<StoredBlobOwner> = z.object({
  hash: z.string(),
  store: z.enum(['projects', 'versions', 'datasetChunks', 'exampleSets', 'runs', 'lmCalls']),
  owner: z.array(z.union([z.string(), z.number()])),
})
export const quarantinedSchema: z.ZodType<QuarantinedRecord> = z.object({
  id: z.string(),
  store: z.string(),
  key: jsonSchema,
  reason: z.string(),
  at: z.number(),
})
