import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { Demo, ProgramState } from '../../program/program'
import { augmentedDemo, findSuccesses } from '../kit/bootstrap'
import { labelledDemo, withDemos } from '../kit/labelled-demos'
import type { RunEvent } from '../../record/events'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { stage, type Params } from './knn-few-shot'

/**
 * KNNFewShot (dspy-spec §6.5): each call shows the train rows most like its inputs.
 * Differs: DSPy compiles a BootstrapFewShot of the neighbours inside every call, up to k teacher runs each time, and its program
 * cannot be saved. Here the teacher answers every train row once, while compiling; the state keeps the whole pool and a call picks
 * from it (`PredictorState.nearest`), so it can be saved, replayed and exported. Each predictor looks at its own inputs, not at those
 * of the program. Similarity is lexical unless `vectorizer` says otherwise, since DSPy's KNN cannot run without an embedder; the name and
 * the values of that parameter are ours, where DSPy takes a function. Vectors are no part of the state: they come from the call store.
 */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
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
      const demo = labelledDemo(predictor, example)
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
}

/** A demo without any of the predictor's inputs or outputs would take a place and show nothing. */
function isUsable(predictor: Predictor, demo: Demo): boolean {
  const { fields } = predictor.signature({})
  const has = (role: 'input' | 'output'): boolean => fields.some(field => field.role === role && (demo[field.name] ?? null) !== null)
  return has('input') && has('output')
}
