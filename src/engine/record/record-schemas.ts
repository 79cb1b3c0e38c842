import { z } from 'zod'
import type { StoredCall } from '../lm/kept/call-store'
import type { ChatRequest, EmbedRequest } from '../lm/lm'
import { messageSchema, partsSchema } from '../lm/parts-schema'
import type { StoredRequest } from '../lm/kept/stored-request'
import type { CallRecord, RolloutRecord, RunTotals } from './events'
import { amountSchema as amount, errorSchema, valuesSchema } from './value-schemas'

// How the parts of a run's record are checked when they are read back, from the store or from a file, down to what anybody looks at.

const count = z.number().int().min(0)
const usageSchema = z.object({ inputTokens: amount, outputTokens: amount })

const shares = z.record(z.string(), z.number())
const evidenceSchema = z.object({ noul: z.number().optional(), probabilities: shares.optional(), confidence: z.number().optional() })

const spanCallSchema = z.object({
  key: z.string(),
  format: z.string(),
  again: z.literal(true).optional(),
  reads: z.literal(true).optional(),
  model: z.string(),
  entry: z.string().optional(),
  cost: amount.optional(),
  cached: z.boolean(),
  attempts: amount,
  failedAttempts: amount.optional(),
  usage: usageSchema,
  ms: amount,
  finish: z.string().optional(),
  error: errorSchema.optional(),
  evidence: z.record(z.string(), evidenceSchema).optional(),
  cut: z.literal(true).optional(),
})

const spanSchema = z.object({
  id: z.string().optional(),
  parent: z.string().optional(),
  kind: z.string().optional(),
  node: z.string(),
  predictor: z.string().optional(),
  name: z.string(),
  inputs: valuesSchema,
  outputs: valuesSchema.optional(),
  calls: z.array(spanCallSchema),
  ms: amount,
  error: errorSchema.optional(),
  reward: amount.optional(),
  discarded: z.literal(true).optional(),
  stopped: z.string().optional(),
  notTaken: z.literal(true).optional(),
})

export const rolloutRecordSchema = z.object({
  batch: count,
  index: count,
  candidate: z.string(),
  stage: z.string(),
  purpose: z.string(),
  rollout: z.object({
    exampleId: z.string(),
    prediction: valuesSchema.optional(),
    trace: z.array(spanSchema),
    score: z.number().nullable(),
    feedback: z.string().optional(),
    parts: z.record(z.string(), amount).optional(),
    error: errorSchema.optional(),
    ms: amount,
  }),
})

export const callRecordSchema = z.object({
  key: z.string(),
  purpose: z.string(),
  role: z.string().optional(),
  predictor: z.string().optional(),
  batch: count.optional(),
  exampleId: z.string().optional(),
  model: z.string(),
  entry: z.string().optional(),
  cached: z.boolean(),
  attempts: amount,
  failedAttempts: amount,
  usage: usageSchema,
  cost: amount.optional(),
  ms: amount,
  error: errorSchema.optional(),
  again: z.literal(true).optional(),
  unsettled: z.literal(true).optional(),
  cut: z.literal(true).optional(),
})

const addressed = { model: z.string(), endpoint: z.string().optional() }
const messagesSchema = z.array(messageSchema)
const chatRequestSchema = z.object({
  ...addressed,
  kind: z.literal('chat').optional(),
  messages: messagesSchema,
  settings: valuesSchema,
  responseFormat: valuesSchema.optional(),
  tools: z.array(z.object({ name: z.string(), description: z.string(), parameters: valuesSchema })).optional(),
  toolChoice: z.string().optional(),
})
const embedRequestSchema = z.object({ ...addressed, kind: z.literal('embed'), texts: z.array(z.string()) })
const oldEmbedRequestSchema = z.object({ ...addressed, task: z.literal('embed'), messages: messagesSchema, settings: valuesSchema })

const vectorsSchema = z.object({ count: amount, size: amount, float32: z.string() })

export const storedCallSchema = z.object({
  key: z.string(),
  rollout: amount,
  request: z.union([oldEmbedRequestSchema, embedRequestSchema, chatRequestSchema]),
  response: z.object({
    text: z.string(),
    parts: partsSchema.optional(),
    vectors: vectorsSchema.optional(),
    finish: z.string().optional(),
    finishReason: z.string().optional(),
    usage: usageSchema,
    ms: amount,
  }),
  at: amount,
})

const callTotals = {
  calls: amount,
  cachedCalls: amount,
  failedCalls: amount,
  inputTokens: amount,
  outputTokens: amount,
  cost: amount,
  unpricedCalls: amount,
  answered: amount,
}
export const totalsSchema: z.ZodType<RunTotals> = z.object({
  ...callTotals,
  judge: z.object(callTotals).optional(),
  lostCalls: amount.optional(),
  cutAnswers: amount.optional(),
  askedAgain: amount.optional(),
})

/** The compiler's proof that no field of a record is left unchecked: a new one has to be added above. */
type Checks<Fields, Schema extends z.ZodType> = [Exclude<keyof Fields, keyof z.output<Schema>>] extends [never] ? true : never
type Row = RolloutRecord['rollout']
export const areRecordsChecked: readonly true[] = [
  true satisfies Checks<CallRecord, typeof callRecordSchema>,
  true satisfies Checks<RolloutRecord, typeof rolloutRecordSchema>,
  true satisfies Checks<Row, (typeof rolloutRecordSchema)['shape']['rollout']>,
  true satisfies Checks<Row['trace'][number], typeof spanSchema>,
  true satisfies Checks<Row['trace'][number]['calls'][number], typeof spanCallSchema>,
  true satisfies Checks<StoredCall, typeof storedCallSchema>,
  true satisfies Checks<ChatRequest, typeof chatRequestSchema>,
  true satisfies Checks<EmbedRequest, typeof embedRequestSchema>,
  true satisfies Checks<Extract<StoredRequest, { task: unknown }>, typeof oldEmbedRequestSchema>,
  true satisfies Checks<StoredCall['response'], (typeof storedCallSchema)['shape']['response']>,
]
