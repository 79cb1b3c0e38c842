import { scorePercent } from '@/lib/percent'
import type { ProgramState } from '../../program/program'
import type { RunEvent, StageId } from '../../record/events'
import { bootstrapDemos } from '../kit/bootstrap'
import { withLabelledDemos, withoutDemos } from '../kit/labelled-demos'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { demoCount, titles, type Params } from './bootstrap-few-shot-random-search'

/** BootstrapFewShotWithRandomSearch (dspy-spec §6.3): several ways to choose demos, each scored on the whole valset; the best wins. */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
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
}

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

function stageOf(seed: number): keyof typeof titles {
  if (seed === -3) return 'zero-shot'
  return seed === -2 ? 'labelled' : 'search'
}

function labelOf(seed: number): string {
  if (seed === -3) return 'zero-shot'
  if (seed === -2) return 'labelled demos'
  return seed === -1 ? 'unshuffled' : `seed ${seed}`
}
