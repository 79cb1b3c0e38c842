import { z } from 'zod'
import { budgetSchema, datasetSchema, metricSchema, modelSchema, dataRowSchema } from '@/engine/project/project-schema'
import { graphSchema, jsonObjectSchema, jsonSchema, keySchema, stateSchema } from '@/engine/program/program-schema'
import type { Example } from '@/engine/base/example'
import type { ErrorJson } from '@/engine/base/errors'
import { modelFactsSchema } from '@/engine/lm/model-facts-schema'
import type { RunEvent, RunResult, RunTotals } from '@/engine/record/events'
import type { StoredCall } from '@/engine/lm/call-store'
import type { RunSpec } from '@/engine/record/spec'
import { isJsonObject } from '@/lib/json'
import type { RunRecord, StoredEvent, StoredRollout, StoredRunCall } from './records'
import type { DatasetChunk, ExampleChunk, StoredDataset, StoredSetting, StoredSpending } from './schema'

export const storedDatasetSchema: z.ZodType<StoredDataset> = z.intersection(
  datasetSchema,
  z.object({ chunkSizes: z.array(z.number().int().nonnegative()) }),
)
export const datasetChunkSchema: z.ZodType<DatasetChunk> = z.object({
  datasetId: z.string(),
  index: z.number().int(),
  rows: z.array(dataRowSchema),
})

export const exampleSchema: z.ZodType<Example> = z.object({ id: z.string(), inputs: jsonObjectSchema, labels: jsonObjectSchema })
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

const totalsSchema: z.ZodType<RunTotals> = z.object({
  calls: z.number(),
  cachedCalls: z.number(),
  failedCalls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cost: z.number(),
  unpricedCalls: z.number(),
  answered: z.number(),
  lostCalls: z.number().optional(),
  cutAnswers: z.number().optional(),
  askedAgain: z.number().optional(),
})

// Only the engine writes these, and there can be many: their head is checked, their body is taken as JSON.
const errorSchema = z.custom<ErrorJson>(value => isJsonObject(value) && typeof value.code === 'string' && typeof value.message === 'string')
const resultSchema = z.custom<RunResult>(value => isJsonObject(value) && typeof value.kind === 'string')

export const runRecordSchema: z.ZodType<RunRecord> = z.object({
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

const eventTypes = {
  'run-start': true,
  'stage-start': true,
  'stage-step': true,
  'stage-end': true,
  'demos-bootstrap': true,
  'instructions-propose': true,
  'candidate-propose': true,
  'minibatch-score': true,
  'fullset-score': true,
  'candidate-accept': true,
  'candidate-reject': true,
  'frontier-change': true,
  'best-change': true,
  note: true,
  'model-facts': true,
  'run-end': true,
  'run-cancel': true,
  'run-error': true,
  'run-diverge': true,
} satisfies Record<RunEvent['type'], true>

export const storedEventSchema = z.custom<StoredEvent>(
  value =>
    isJsonObject(value) &&
    typeof value.runId === 'string' &&
    isCount(value.seq) &&
    typeof value.at === 'number' &&
    Object.hasOwn(eventTypes, String(value.type)),
  'is not an event of a run',
)
export const storedRolloutSchema = z.custom<StoredRollout>(
  value =>
    isJsonObject(value) &&
    typeof value.runId === 'string' &&
    isCount(value.batch) &&
    isCount(value.index) &&
    typeof value.candidate === 'string' &&
    isJsonObject(value.rollout) &&
    typeof value.rollout.exampleId === 'string' &&
    Array.isArray(value.rollout.trace) &&
    (value.rollout.score === null || typeof value.rollout.score === 'number'),
  'is not a rollout',
)
export const storedRunCallSchema = z.custom<StoredRunCall>(
  value => isJsonObject(value) && typeof value.runId === 'string' && typeof value.key === 'string' && isJsonObject(value.usage),
  'is not a call of a run',
)
export const storedCallSchema = z.custom<StoredCall>(
  value =>
    isJsonObject(value) &&
    typeof value.key === 'string' &&
    isJsonObject(value.request) &&
    Array.isArray(value.request.messages) &&
    isJsonObject(value.response) &&
    typeof value.response.text === 'string',
  'is not an LM answer',
)
const spentSchema = z.object({ calls: z.number(), tokens: z.number(), cost: z.number() })
export const spendingSchema: z.ZodType<StoredSpending> = z.object({
  runId: z.string(),
  epoch: z.number().int(),
  spent: spentSchema,
  open: z.array(z.object({ model: z.string(), tokens: z.number(), cost: z.number(), key: z.string().optional() })),
  lost: spentSchema,
})
export const settingSchema: z.ZodType<StoredSetting> = z.object({ key: z.string(), value: jsonSchema })

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}
