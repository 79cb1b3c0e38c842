import { z } from 'zod'
import { openPredictors } from '../graph/locks'
import type { Predictor } from '../graph/predictors'
import type { Demo, ProgramState } from '../program/program'
import { poolRequests } from '../modules/embedded-demos'
import { augmentedDemo, findSuccesses } from './kit/bootstrap'
import { exactly, type CallRange } from '../modules/call-range'
import { addCalls, bootstrapCalls } from './kit/bootstrap-calls'
import { bootstrapParams, teacherRole } from './kit/bootstrap-params'
import { labelledDemo, withDemos } from './kit/labelled-demos'
import { defineOptimizer, type OptimizerSizes } from './optimizer'

const paramsSchema = z.object({
  k: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(3)
    .meta({ title: 'Neighbours', help: 'How many demos a call shows: those most like its inputs.' }),
  vectorizer: z.enum(['lexical', 'embedding']).default('lexical').meta({
    title: 'Likeness by',
    help: '"lexical" compares words, without any request. "embedding" compares what texts mean, by the vectors of the embedding model.',
  }),
  max_bootstrapped_demos: bootstrapParams.max_bootstrapped_demos.unwrap().default(4).meta({
    title: 'Bootstrap the rows',
    help: 'Above 0: a teacher answers every train row, and what it gets right is shown with all steps in between. 0: rows as they are.',
  }),
  max_labeled_demos: bootstrapParams.max_labeled_demos.unwrap().default(16).meta({
    title: 'Labelled demos',
    help: 'Shown to the teacher. With 0, rows that the teacher gets wrong are left out of the pool.',
  }),
  metric_threshold: bootstrapParams.metric_threshold,
  max_rounds: bootstrapParams.max_rounds,
  max_errors: bootstrapParams.max_errors,
})
type Params = z.output<typeof paramsSchema>

const stage = { id: 'pool', title: 'Fill the pool of demos' }

/**
 * KNNFewShot (dspy-spec §6.5): each call shows the train rows most like its inputs.
 * Differs: DSPy compiles a BootstrapFewShot of the neighbours inside every call, up to k teacher runs each time, and its program
 * cannot be saved. Here the teacher answers every train row once, while compiling; the state keeps the whole pool and a call picks
 * from it (`PredictorState.nearest`), so it can be saved, replayed and exported. Each predictor looks at its own inputs, not at those
 * of the program. Likeness is lexical unless `vectorizer` says otherwise, since DSPy's KNN cannot run without an embedder; the name and
 * the values of that parameter are ours, where DSPy takes a function. Vectors are no part of the state: they come from the call store.
 */
export const knnFewShot = defineOptimizer({
  id: 'knn-few-shot',
  title: 'Nearest-neighbour few-shot',
  dspyName: 'KNNFewShot',
  help: 'Shows each call the train rows most like it. Good for many rows and varied inputs; short prompts, no search.',
  params: paramsSchema,
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => [...teacherRole(params.max_bootstrapped_demos), ...(params.vectorizer === 'embedding' ? (['embedding'] as const) : [])],
  problem: (_params, { openDemos }) =>
    openDemos === 0 ? 'Every step has its demos locked, and nothing else is changed. Unlock one of them.' : undefined,
  estimate: (params, sizes) => [
    { purpose: 'bootstrap', ...teacherCalls(params, sizes) },
    ...(params.vectorizer === 'embedding'
      ? [{ purpose: 'embed' as const, ...addCalls([poolCalls(params, sizes), { ...exactly(sizes.openDemos * sizes.val), low: 0 }]) }]
      : []),
  ],
  stages: (params, sizes) => [{ ...stage, calls: addCalls([teacherCalls(params, sizes), poolCalls(params, sizes)]) }],
  async *compile(run) {
    const { params, trainset, student } = run
    const { graph } = student
    yield { type: 'stage-start', stage: stage.id, title: stage.title }
    const found = yield* findSuccesses(run, {
      trainset,
      maxBootstrapped: params.max_bootstrapped_demos > 0 ? trainset.length : 0,
      maxLabelled: params.max_labeled_demos,
      maxRounds: params.max_rounds,
      metricThreshold: params.metric_threshold,
      maxErrors: params.max_errors ?? run.maxErrors,
      shrinkPool: false,
    })
    const poolOf = (predictor: Predictor): readonly Demo[] =>
      trainset.flatMap(example => {
        const rollout = found.get(example)
        const own = rollout ? augmentedDemo(predictor, rollout) : []
        if (own.length > 0 || params.max_labeled_demos === 0) return own
        const demo = labelledDemo(graph, predictor, example)
        return isUsable(predictor, demo) ? [demo] : []
      })
    const open = openPredictors(graph, 'demos')
    for (const predictor of open) {
      const demos = poolOf(predictor).filter(demo => demo['augmented'] === true)
      yield { type: 'demos-bootstrap', predictor: predictor.id, demos, examples: [...found.keys()].map(({ id }) => id) }
    }
    const pooled = withDemos(graph, student.state, poolOf)
    const nearest = { k: params.k, ...(params.vectorizer === 'embedding' && run.embedder !== undefined && { embedder: run.embedder }) }
    const state: ProgramState = {
      ...pooled,
      ...Object.fromEntries(open.flatMap(({ id }) => (pooled[id] ? [[id, { ...pooled[id], nearest }]] : []))),
    }
    await run.embedDemos(state)
    yield {
      type: 'candidate-propose',
      candidate: run.candidateId(state),
      label: `${params.k} nearest demos`,
      how: 'nearest',
      parents: [run.candidateId(student.state)],
      state,
    }
    yield { type: 'stage-end', stage: stage.id }
    return { state }
  },
})

/** A demo without any of the predictor's inputs or outputs would take a place and show nothing. */
function isUsable(predictor: Predictor, demo: Demo): boolean {
  const { fields } = predictor.signature({})
  const has = (role: 'input' | 'output'): boolean => fields.some(field => field.role === role && (demo[field.name] ?? null) !== null)
  return has('input') && has('output')
}

function teacherCalls({ max_bootstrapped_demos, max_rounds }: Params, sizes: OptimizerSizes): CallRange {
  return bootstrapCalls(max_bootstrapped_demos > 0 ? sizes.train : 0, max_rounds, sizes)
}

/** Requests for the vectors of the pools. Rows that make no demo are left out of a pool, and an empty one is never asked about. */
function poolCalls({ vectorizer }: Params, { openDemos, train }: OptimizerSizes): CallRange {
  return vectorizer === 'lexical' ? exactly(0) : { ...exactly(openDemos * poolRequests(train)), low: 0 }
}
