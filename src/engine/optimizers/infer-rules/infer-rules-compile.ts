import { scorePercent } from '@/lib/percent'
import type { Example } from '../../base/example'
import { EngineError, isEngineError } from '../../base/errors'
import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { ProgramState } from '../../program/program'
import type { RunEvent } from '../../record/events'
import { bootstrapDemos } from '../kit/bootstrap'
import { betweenInputsAndOutputs, rulesLeadIn, writeRules } from './text'
import { instructionsOf, withInstructions, unlessRefused } from '../kit/instructions'
import { showValues } from '../kit/show-rows'
import type { Asked, AskOptions, RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { titles, type Params } from './infer-rules'

/**
 * InferRules (dspy-spec §6.14): rules worked out from the train rows are added to the instructions; of several sets the one with the
 * best score on the valset wins. Differs: rules are written onto copies, so the student keeps its instructions (DSPy changes them). From
 * the second set on the rows come in another order: a model that takes no temperature would write the same rules again.
 */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
  const { params, trainset, student } = run
  yield { type: 'stage-start', stage: 'bootstrap', title: titles.bootstrap }
  const start = yield* bootstrapDemos(run, {
    trainset,
    maxBootstrapped: params.max_bootstrapped_demos,
    maxLabelled: params.max_labeled_demos,
    maxRounds: params.max_rounds,
    metricThreshold: params.metric_threshold,
    maxErrors: params.max_errors ?? run.maxErrors,
    shrinkPool: params.shrinking_pool,
  })
  yield { type: 'stage-end', stage: 'bootstrap' }

  yield { type: 'stage-start', stage: 'rules', title: titles.rules }
  const rng = run.random(0)
  let best: { readonly state: ProgramState; readonly score: number } | undefined
  for (let index = 0; index < params.num_candidates; index++) {
    const rows = index === 0 ? trainset : rng.fork(`rows ${index}`).shuffle(trainset)
    const title = `Set of rules ${index + 1} of ${params.num_candidates}`
    yield { type: 'stage-step', stage: 'rules', step: index, steps: params.num_candidates, title }
    const rules = new Map<Predictor, string>()
    for (const predictor of openPredictors(student.graph, 'instructions')) {
      const asked = await inferFrom(run, rows, predictor, rng.randint(0, 1_000_000_000))
      if (!asked) continue
      const { values, call } = asked
      const text = `${instructionsOf(predictor, start)}\n\n${rulesLeadIn}\n${String(values['instruction_rules']).trim()}`
      rules.set(predictor, text)
      yield { type: 'instructions-propose', predictor: predictor.id, how: 'rules', proposals: [{ text, call }] }
    }
    if (rules.size === 0) {
      yield { type: 'note', text: `The prompt model gave no answer that holds rules for set ${index + 1}: it is left out.` }
      continue
    }
    const state = withInstructions({ graph: student.graph, state: start }, predictor => rules.get(predictor))
    const candidate = run.candidateId(state)
    yield {
      type: 'candidate-propose',
      candidate,
      label: `rules ${index + 1}`,
      how: 'rules',
      parents: [run.candidateId(student.state)],
      state,
    }
    const score = yield* run.evaluate(state)
    yield* verdict(candidate, score, best?.score)
    if (best === undefined || score > best.score) best = { state, score }
  }
  yield { type: 'stage-end', stage: 'rules' }
  return { state: best?.state ?? start }
}

/** All train rows at once; where the model cannot take that much, one row less each time. Undefined where its answer could not be used. */
async function inferFrom(
  run: RunContext<Params>,
  rows: readonly Example[],
  predictor: Predictor,
  rollout: number,
): Promise<Asked | undefined> {
  const options: AskOptions = { purpose: 'propose', predictor: predictor.id, temperature: 1, rollout }
  for (let count = rows.length; count > 0; count--) {
    try {
      const examples_text = rows.slice(0, count).map(exampleText).join('\n\n')
      return await run.ask(writeRules(run.params.num_rules), { examples_text }, options)
    } catch (error) {
      if (!isEngineError(error, 'lm-context-length')) return unlessRefused(Promise.reject<Asked>(error))
    }
  }
  throw new EngineError(
    'lm-context-length',
    'Not even one train row fits into a prompt of the prompt model. Choose a model that takes longer texts.',
  )
}

function exampleText({ inputs, labels }: Example): string {
  return `${showValues(inputs)}\n${betweenInputsAndOutputs}\n${showValues(labels)}`
}

function* verdict(candidate: string, score: number, best: number | undefined): Generator<RunEvent> {
  if (best === undefined || score > best)
    yield { type: 'candidate-accept', candidate, reason: `${scorePercent(score)}: the best set of rules so far.` }
  else yield { type: 'candidate-reject', candidate, reason: `${scorePercent(score)}: not above ${scorePercent(best)}.` }
}
