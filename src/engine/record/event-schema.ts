import { z } from 'zod'
import { errorSchema, valuesSchema as values } from './value-schemas'
import { modelFactsSchema } from '../lm/model-facts-schema'
import { decisionFieldsSchema, graphSchema } from '../program/program-schema'
import type { RunEvent } from './events'
import { runKinds } from './spec'

const range = { low: z.number(), expected: z.number(), high: z.number() }
const count = z.number().int().min(0)

const state = z.record(
  z.string(),
  z.object({
    instructions: z.string(),
    demos: z.array(values),
    lm: z.string().optional(),
    nearest: z.object({ k: count, embedder: z.string().optional() }).optional(),
    fields: decisionFieldsSchema.optional(),
  }),
)

const summary = z.object({ mean: z.number(), low: z.number(), high: z.number(), count, errors: count, unscored: count })

export const resultSchema = z.object({
  kind: z.enum(runKinds),
  baseline: z.object({ candidate: z.string(), summary }).optional(),
  best: z.object({ candidate: z.string(), label: z.string(), summary, state, graph: graphSchema.optional() }).optional(),
  gain: z.object({ mean: z.number(), low: z.number(), high: z.number(), count, fixed: count, broken: count, same: count }).optional(),
  prediction: values.optional(),
})

const scored = { candidate: z.string(), batch: count, examples: z.array(z.string()), scores: z.array(z.number().nullable()) }

/** Every event of a run as it stands in a journal: what a record read back from disk or from a file is checked with. */
export const runEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run-start'),
    kind: z.enum(runKinds),
    stages: z.array(z.object({ id: z.string(), title: z.string(), calls: z.object(range) })),
  }),
  z.strictObject({ type: z.literal('stage-start'), stage: z.string(), title: z.string() }),
  z.strictObject({ type: z.literal('stage-step'), stage: z.string(), step: count, steps: count, title: z.string() }),
  z.strictObject({ type: z.literal('stage-end'), stage: z.string(), calls: count.optional() }),
  z.strictObject({ type: z.literal('demos-bootstrap'), predictor: z.string(), demos: z.array(values), examples: z.array(z.string()) }),
  z.strictObject({
    type: z.literal('instructions-propose'),
    predictor: z.string(),
    how: z.string(),
    proposals: z.array(z.object({ text: z.string(), call: z.string().optional(), note: z.string().optional() })),
  }),
  z.strictObject({
    type: z.literal('candidate-propose'),
    candidate: z.string(),
    label: z.string(),
    how: z.string(),
    parents: z.array(z.string()),
    state,
    graph: graphSchema.optional(),
    choice: z.record(z.string(), count).optional(),
  }),
  z.strictObject({ type: z.literal('minibatch-score'), ...scored }),
  z.strictObject({ type: z.literal('fullset-score'), ...scored, summary }),
  z.strictObject({ type: z.literal('candidate-accept'), candidate: z.string(), reason: z.string() }),
  z.strictObject({ type: z.literal('candidate-reject'), candidate: z.string(), reason: z.string() }),
  z.strictObject({
    type: z.literal('frontier-change'),
    rows: z.array(z.object({ example: z.string(), score: z.number(), candidates: z.array(z.string()) })),
    members: z.array(z.object({ candidate: z.string(), rows: count })),
  }),
  z.strictObject({ type: z.literal('best-change'), candidate: z.string(), score: z.number() }),
  z.strictObject({ type: z.literal('note'), text: z.string() }),
  z.strictObject({ type: z.literal('model-facts'), ...modelFactsSchema.shape }),
  z.strictObject({ type: z.literal('answer-give-up'), key: z.string() }),
  z.strictObject({ type: z.literal('run-end'), reason: z.enum(['done', 'stopped', 'cap']), sentence: z.string(), result: resultSchema }),
  z.strictObject({ type: z.literal('run-cancel'), sentence: z.string() }),
  z.strictObject({ type: z.literal('run-error'), error: errorSchema, result: resultSchema.optional() }),
  z.strictObject({ type: z.literal('run-diverge'), divergedAt: count, expected: z.string(), got: z.string() }),
])

/** The compiler's proof that the schema knows every event. */
type MissingFromSchema = Exclude<RunEvent['type'], z.output<typeof runEventSchema>['type']>
export const isSchemaComplete: [MissingFromSchema] extends [never] ? true : never = true

/** An event with its place in the journal. */
export const journalEventSchema = z.intersection(
  z.looseObject({ seq: count, at: z.number() }),
  z
    .looseObject({ type: z.string() })
    .transform(({ seq: _seq, at: _at, ...event }) => event)
    .pipe(runEventSchema),
)
