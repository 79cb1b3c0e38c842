import { pythonRound } from '@/lib/stats'
import { scorePercent } from '@/lib/percent'
import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { ProgramState } from '../../program/program'
import { bootstrapDemos } from '../kit/bootstrap'
import { withDemos } from '../kit/labelled-demos'
import { tpeSampler, type TpeChoice } from '../kit/tpe'
import type { RunEvent } from '../../record/events'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { titles, type Params } from './bootstrap-few-shot-tpe'

/**
 * BootstrapFewShotWithOptuna (dspy-spec §6.4): bootstraps once, then TPE looks for the one demo of each predictor that scores best.
 * Differs: seeded by the run's seed and with the multivariate sampler (DSPy's is unseeded); the driver's baseline is not told to it.
 */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
  const { params, student } = run
  yield { type: 'stage-start', stage: 'bootstrap', title: titles.bootstrap }
  const pool = yield* bootstrapDemos(run, {
    trainset: run.trainset,
    maxBootstrapped: params.max_demos,
    maxLabelled: params.max_labeled_demos,
    maxRounds: params.max_rounds,
    metricThreshold: params.metric_threshold,
    maxErrors: params.max_errors ?? run.maxErrors,
    shrinkPool: params.shrinking_pool,
  })
  yield { type: 'stage-end', stage: 'bootstrap' }

  yield { type: 'stage-start', stage: 'search', title: titles.search }
  const nameOf = (predictor: Predictor): string => `demo_index_for_${predictor.dspyName}`
  const demosOf = (predictor: Predictor) => pool[predictor.id]?.demos ?? []
  const space = openPredictors(student.graph, 'demos').map(one => ({ name: nameOf(one), choices: Math.max(1, demosOf(one).length) }))
  const sampler = tpeSampler(space, run.seed)
  const stateOf = (choice: TpeChoice): ProgramState =>
    withDemos(student.graph, student.state, predictor => demosOf(predictor).slice(choice[nameOf(predictor)]).slice(0, 1))
  let best: { readonly state: ProgramState; readonly score: number } | undefined
  for (let trial = 0; trial < params.num_candidate_programs; trial++) {
    const title = `Trial ${trial + 1} of ${params.num_candidate_programs}`
    yield { type: 'stage-step', stage: 'search', step: trial, steps: params.num_candidate_programs, title }
    const choice = sampler.ask()
    const state = stateOf(choice)
    const candidate = run.candidateId(state)
    const label = `demo ${Object.values(choice).join(', ')}`
    yield { type: 'candidate-propose', candidate, label, how: 'one demo', parents: [run.candidateId(student.state)], state, choice }
    const score = yield* run.evaluate(state)
    sampler.tell(choice, pythonRound(score * 100, 2))
    const reason = `${scorePercent(score)} on the val split.`
    if (best === undefined || score > best.score) {
      best = { state, score }
      yield { type: 'candidate-accept', candidate, reason }
    } else yield { type: 'candidate-reject', candidate, reason }
  }
  yield { type: 'stage-end', stage: 'search' }
  return { state: best?.state ?? pool }
}
