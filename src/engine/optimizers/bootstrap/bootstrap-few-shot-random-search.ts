import { z } from 'zod'
import { pythonRandom } from '@/lib/rng'
import { scorePercent } from '@/lib/percent'
import type { ProgramState } from '../../program/program'
import type { RunContext } from '../run-context'
import type { RunEvent, StageId } from '../../record/events'
import { bootstrapDemos } from '../kit/bootstrap'
import { exactly, type CallRange } from '../../modules/call-range'
import { addCalls, bootstrapCalls } from '../kit/bootstrap-calls'
import { bootstrapParams } from '../kit/bootstrap-params'
import { withLabelledDemos, withoutDemos } from '../kit/labelled-demos'
import { defineOptimizer, type OptimizerSizes } from '../optimizer'

const paramsSchema = z.object({
  ...bootstrapParams,
  max_bootstrapped_demos: bootstrapParams.max_bootstrapped_demos.unwrap().min(1).default(4).meta({
    title: 'Bootstrapped demos',
    help: 'Most demos made from answers of the teacher, per predictor; each candidate draws a number from 1 to this.',
  }),
  num_candidate_programs: z
    .number()
    .int()
    .min(0)
    .max(200)
    .default(16)
    .meta({ title: 'Candidates', help: 'How many shuffles of the train split are tried, on top of zero-shot, labelled and unshuffled.' }),
  stop_at_score: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .meta({ title: 'Stop at score', help: 'Ends the search as soon as a candidate scores this many percent (0–100).' }),
  labeled_sample: z
    .boolean()
    .default(true)
    .meta({ title: 'Draw labelled demos at random', help: 'For the candidate with labelled demos alone; off takes the first rows.' }),
})
type Params = z.output<typeof paramsSchema>

const titles = { 'zero-shot': 'Zero-shot', labelled: 'Labelled demos', search: 'Random search' }

/** BootstrapFewShotWithRandomSearch (dspy-spec §6.3): several ways to choose demos, each scored on the whole valset; the best wins. */
export const bootstrapFewShotRandomSearch = defineOptimizer({
  id: 'bootstrap-few-shot-random-search',
  title: 'Bootstrap few-shot with random search',
  dspyName: 'BootstrapFewShotWithRandomSearch',
  help: 'Bootstraps demos from many shuffles of the train split, scores every candidate on the val split and keeps the best.',
  paper: 'Khattab et al. 2023, DSPy (arXiv:2310.03714), §4',
  params: paramsSchema,
  needs: { trainset: 1, valset: 0, metric: true },
  roles: () => ['teacher'],
  estimate: (params, sizes) => [
    { purpose: 'evaluate', ...evaluationCalls(params, sizes) },
    { purpose: 'bootstrap', ...searchBootstrapCalls(params, sizes) },
  ],
  stages: (params, sizes) => [
    { id: 'zero-shot', title: titles['zero-shot'], calls: { ...exactly(sizes.val * sizes.callsPerRun), low: 0 } },
    { id: 'labelled', title: titles.labelled, calls: { ...exactly(sizes.val * sizes.callsPerRun), low: 0 } },
    { id: 'search', title: titles.search, calls: searchCalls(params, sizes) },
  ],
  async *compile(run) {
    const seeds = [-3, -2, -1, ...Array.from({ length: run.params.num_candidate_programs }, (_, seed) => seed)]
    let stage: StageId | undefined
    let best: { state: ProgramState; score: number } | undefined
    for (const [index, seed] of seeds.entries()) {
      const next = stageOf(seed)
      if (next !== stage) {
        if (stage !== undefined) yield { type: 'stage-end', stage }
        yield { type: 'stage-start', stage: next, title: titles[next] }
        stage = next
      }
      const label = labelOf(seed)
      yield { type: 'stage-step', stage, step: index, steps: seeds.length, title: `Candidate ${index + 1} of ${seeds.length}: ${label}` }
      const state = yield* candidateState(run, seed)
      const candidate = run.candidateId(state)
      yield { type: 'candidate-propose', candidate, label, how: next, parents: [run.candidateId(run.student.state)], state }
      const score = yield* run.evaluate(state)
      if (best === undefined || score > best.score) {
        best = { state, score }
        yield { type: 'candidate-accept', candidate, reason: `${scorePercent(score)}: the best of this search so far.` }
      } else {
        yield { type: 'candidate-reject', candidate, reason: `${scorePercent(score)}: not above ${scorePercent(best.score)}.` }
      }
      if (run.params.stop_at_score !== undefined && score * 100 >= run.params.stop_at_score) {
        yield { type: 'note', text: `Ended early: ${label} reached the score to stop at, ${run.params.stop_at_score} %.` }
        break
      }
    }
    if (stage !== undefined) yield { type: 'stage-end', stage }
    return { state: best?.state ?? run.student.state }
  },
})

/** −3 zero-shot, −2 labelled demos, −1 the trainset as it is, from 0 on a shuffle and a demo count drawn by that seed. */
async function* candidateState(run: RunContext<Params>, seed: number): AsyncGenerator<RunEvent, ProgramState> {
  const { params, student } = run
  const blank = { graph: student.graph, state: withoutDemos(student) }
  if (seed === -3) return blank.state
  if (seed === -2) {
    return withLabelledDemos(blank, run.trainset, { k: params.max_labeled_demos, ...(params.labeled_sample && { rng: run.random(0) }) })
  }
  return yield* bootstrapDemos(run, {
    trainset: seed === -1 ? run.trainset : run.random(seed).shuffle(run.trainset),
    maxBootstrapped: demoCount(params, seed),
    maxLabelled: params.max_labeled_demos,
    maxRounds: params.max_rounds,
    metricThreshold: params.metric_threshold,
    maxErrors: params.max_errors ?? run.maxErrors,
    shrinkPool: params.shrinking_pool,
  })
}

/** A generator of its own, not the one that shuffles: DSPy makes a new one with the same seed. */
function demoCount({ max_bootstrapped_demos: most }: Params, seed: number): number {
  return seed < 0 ? most : pythonRandom(seed).randint(1, most)
}

function stageOf(seed: number): keyof typeof titles {
  if (seed === -3) return 'zero-shot'
  return seed === -2 ? 'labelled' : 'search'
}

function labelOf(seed: number): string {
  if (seed === -3) return 'zero-shot'
  if (seed === -2) return 'labelled demos'
  return seed === -1 ? 'unshuffled' : `seed ${seed}`
}

/**
 * Equal candidates are scored once: where no teacher gets a row right, all but the one with labelled demos may be the student itself. It
 * is also the first candidate, scored already, that may reach the score to stop at.
 */
function evaluationCalls(params: Params, { val, callsPerRun, openDemos }: OptimizerSizes): CallRange {
  const once = val * callsPerRun
  const all = (params.num_candidate_programs + 3) * once
  const isSure = params.stop_at_score === undefined && params.max_labeled_demos > 0 && openDemos > 0
  return { low: isSure ? once : 0, expected: all, high: all }
}

function searchBootstrapCalls(params: Params, sizes: OptimizerSizes): CallRange {
  const seeds = Array.from({ length: params.num_candidate_programs + 1 }, (_, index) => index - 1)
  const calls = addCalls(seeds.map(seed => bootstrapCalls(demoCount(params, seed), params.max_rounds, sizes)))
  return params.stop_at_score === undefined ? calls : { ...calls, low: 0 }
}

function searchCalls(params: Params, sizes: OptimizerSizes): CallRange {
  const candidates = params.num_candidate_programs + 1
  const scored = { ...exactly(candidates * sizes.val * sizes.callsPerRun), low: 0 }
  return addCalls([scored, searchBootstrapCalls(params, sizes)])
}
