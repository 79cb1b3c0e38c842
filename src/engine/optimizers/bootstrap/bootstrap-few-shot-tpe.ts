import { z } from 'zod'
import { pythonRound } from '@/lib/stats'
import { scorePercent } from '@/lib/percent'
import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { ProgramState } from '../../program/program'
import { exactly, type CallRange } from '../../modules/call-range'
import { bootstrapDemos } from '../kit/bootstrap'
import { bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams, teacherRole } from '../kit/bootstrap-params'
import { withDemos } from '../kit/labelled-demos'
import { tpeSampler, type TpeChoice } from '../kit/tpe'
import { defineOptimizer, type OptimizerSizes } from '../optimizer'

const { metric_threshold, max_labeled_demos, max_rounds, max_errors, shrinking_pool } = bootstrapParams
const paramsSchema = z.object({
  max_demos: bootstrapParams.max_bootstrapped_demos.unwrap().default(4).meta({
    title: 'Bootstrapped demos',
    help: 'Most demos made from answers of the teacher, per predictor: with the labelled ones, the pool to choose from.',
  }),
  num_candidate_programs: z
    .number()
    .int()
    .min(1)
    .max(500)
    .default(16)
    .meta({ title: 'Trials', help: 'How many choices of demos are scored on the val split.' }),
  max_labeled_demos,
  max_rounds,
  metric_threshold,
  max_errors,
  shrinking_pool,
})

const titles = { bootstrap: 'Bootstrap demos', search: 'Choose one demo a step' }

/**
 * BootstrapFewShotWithOptuna (dspy-spec §6.4): bootstraps once, then TPE looks for the one demo of each predictor that scores best.
 * Differs: seeded by the run's seed and with the multivariate sampler (DSPy's is unseeded); the driver's baseline is not told to it.
 */
export const bootstrapFewShotTpe = defineOptimizer({
  id: 'bootstrap-few-shot-tpe',
  title: 'Bootstrap few-shot with TPE',
  dspyName: 'BootstrapFewShotWithOptuna',
  help: 'Bootstraps demos once and then searches for the single best demo of each step. Short prompts; worth it for long rows.',
  paper: 'Khattab et al. 2023, DSPy (arXiv:2310.03714), §4',
  params: paramsSchema,
  needs: { trainset: 1, valset: 0, metric: true },
  roles: params => teacherRole(params.max_demos),
  problem: (_params, { openDemos }) =>
    openDemos === 0 ? 'Every step has its demos locked, and nothing else is searched. Unlock one of them.' : undefined,
  estimate: (params, sizes) => [
    { purpose: 'bootstrap', ...bootstrapCalls(params.max_demos, params.max_rounds, sizes) },
    { purpose: 'evaluate', ...searchCalls(params.num_candidate_programs, sizes) },
  ],
  stages: (params, sizes) => [
    { id: 'bootstrap', title: titles.bootstrap, calls: bootstrapCalls(params.max_demos, params.max_rounds, sizes) },
    { id: 'search', title: titles.search, calls: searchCalls(params.num_candidate_programs, sizes) },
  ],
  async *compile(run) {
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
  },
})

/** At most N·V runs; a demo that comes up again is scored once, and not at all where it gives the student. */
function searchCalls(trials: number, { val, callsPerRun }: OptimizerSizes): CallRange {
  return { ...exactly(trials * val * callsPerRun), low: 0 }
}
