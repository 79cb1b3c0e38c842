import { z } from 'zod'
import type { StoredCall } from '../lm/call-store'
import type { CallRecord, RolloutRecord, RunTotals } from './events'
import { amountSchema as amount, errorSchema, valuesSchema } from './value-schemas'

// How the parts of a run's record are checked when they are read back, from the store or from a file, down to what anybody looks at.

const count = z.number().int().min(0)
const usageSchema = z.object({ inputTokens: amount, outputTokens: amount })

const spanCallSchema = z.object({
  key: z.string(),
  format: z.string(),
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
  unsettled: z.literal(true).optional(),
})

const partSchema = z.union([
  z.object({ type: z.enum(['text', 'reasoning']), text: z.string() }),
  z.object({ type: z.string().refine(type => type !== 'text' && type !== 'reasoning') }),
])

export const storedCallSchema = z.object({
  key: z.string(),
  rollout: amount,
  request: z.object({
    model: z.string(),
    messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })),
    settings: valuesSchema,
    responseFormat: valuesSchema.optional(),
    task: z.literal('embed').optional(),
    endpoint: z.string().optional(),
  }),
  response: z.object({
    text: z.string(),
    parts: z.array(partSchema).optional(),
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
  true satisfies Checks<StoredCall['request'], (typeof storedCallSchema)['shape']['request']>,
  true satisfies Checks<StoredCall['response'], (typeof storedCallSchema)['shape']['response']>,
]
