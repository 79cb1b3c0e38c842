import { mean, pythonRound } from '@/lib/stats'
import type { Rng } from '@/lib/rng'
import { scorePercent } from '@/lib/percent'
import type { Example } from '../../base/example'
import { isLocked } from '../../graph/locks'
import { predictorsOf, type Predictor } from '../../graph/predictors'
import type { ProgramState } from '../../program/program'
import type { RunEvent } from '../../record/events'
import { demoSets } from './demo-sets'
import { proposeGrounded } from './grounded-proposer'
import { withInstructions } from '../kit/instructions'
import { withDemos } from '../kit/labelled-demos'
import type { MiproParams } from './params'
import { dealCounts, miproPlan, type MiproPlan } from './plan'
import { tpeSampler, type TpeChoice, type TpeParameter } from '../kit/tpe'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { titles } from './mipro-v2'

/**
 * MIPROv2 (Opsahl-Ong et al. 2024, Optimizing Instructions and Demonstrations for Multi-Stage Language Model Programs, §3–4;
 * dspy-spec §6.7): demo sets are bootstrapped, instructions proposed, and TPE looks for the combination with the best score.
 * Differs: where all combinations in sight were fully evaluated, a full evaluation is left out instead of ending the run; scores of
 * rows whose way to the model failed are left out.
 */
export async function* compile(run: RunContext<MiproParams>): AsyncGenerator<RunEvent, CompileResult> {
  const { params } = run
  const predictors = predictorsOf(run.student.graph)
  const open = (part: 'instructions' | 'demos') => predictors.filter(predictor => !isLocked(predictor, part))
  const plan = miproPlan(params, {
    train: run.trainset.length,
    val: run.valset.length,
    predictors: predictors.length,
    openInstructions: open('instructions').length,
    openDemos: open('demos').length,
    callsPerRun: predictors.length,
  })
  const rng = run.random(params.seed)
  // The draw of the valset, made by `split` from a generator of its own, is the first of this one.
  if (params.auto !== 'manual') rng.sample(rowsBeforeDraw(run), run.valset.length)

  yield { type: 'stage-start', stage: 'bootstrap', title: titles.bootstrap }
  const sets = yield* demoSets(run, plan, rng, 'bootstrap')
  yield { type: 'stage-end', stage: 'bootstrap' }

  yield { type: 'stage-start', stage: 'propose', title: titles.propose }
  const instructions = yield* proposeGrounded(run, {
    count: plan.instructions,
    demoSets: sets,
    rng,
    temperature: params.init_temperature,
    rowsInView: params.view_data_batch_size,
    isProgramAware: params.program_aware_proposer,
    isDataAware: params.data_aware_proposer,
    isTipAware: params.tip_aware_proposer,
    isFewshotAware: params.fewshot_aware_proposer,
    stage: 'propose',
  })
  yield { type: 'stage-end', stage: 'propose' }

  yield { type: 'stage-start', stage: 'search', title: titles.search }
  const state = yield* search(run, plan, { predictors, instructions, sets: plan.isZeroShot ? [] : sets }, rng)
  yield { type: 'stage-end', stage: 'search' }
  return { state }
}

function rowsBeforeDraw({ given }: RunContext<MiproParams>): readonly undefined[] {
  return Array.from({ length: dealCounts(given).val }, () => undefined)
}

interface Choices {
  readonly predictors: readonly Predictor[]
  readonly instructions: ReadonlyMap<Predictor, readonly string[]>
  /** Empty where demos are not searched. */
  readonly sets: readonly ProgramState[]
}

/** Step 3: trials on minibatches (or on all rows), and now and then the best mean on all rows. */
async function* search(run: RunContext<MiproParams>, plan: MiproPlan, choices: Choices, rng: Rng): AsyncGenerator<RunEvent, ProgramState> {
  const { params, student } = run
  const space = spaceOf(choices)
  const sampler = tpeSampler(space, params.seed)
  const baseline = yield* run.evaluate(student.state)
  let best = { state: student.state, score: baseline }
  sampler.tell(Object.fromEntries(space.map(({ name }) => [name, 0])), percentOf(baseline))
  const tried = new Map<string, { readonly choice: TpeChoice; readonly state: ProgramState; readonly scores: number[]; isFull: boolean }>()

  async function* evaluateFully(choice: TpeChoice, state: ProgramState): AsyncGenerator<RunEvent, void> {
    const score = yield* run.evaluate(state)
    sampler.tell(choice, percentOf(score))
    const candidate = run.candidateId(state)
    if (score > best.score) {
      yield { type: 'candidate-accept', candidate, reason: `${scorePercent(score)} on all val rows, above ${scorePercent(best.score)}.` }
      best = { state, score }
    } else
      yield {
        type: 'candidate-reject',
        candidate,
        reason: `${scorePercent(score)} on all val rows, not above ${scorePercent(best.score)}.`,
      }
  }

  // Numbers as DSPy counts them: 1 is the baseline, full evaluations have numbers of their own.
  let number = 1
  for (let trial = 0; trial < plan.trials; trial++) {
    number += 1
    yield { type: 'stage-step', stage: 'search', step: trial, steps: plan.trials, title: `Trial ${trial + 1} of ${plan.trials}` }
    const choice = sampler.ask()
    const state = stateOf(run, choices, choice)
    const candidate = run.candidateId(state)
    const label = labelOf(choices, choice)
    const parents = [run.candidateId(student.state)]
    yield { type: 'candidate-propose', candidate, label, how: 'combination', parents, state, choice }
    if (!plan.isMinibatch) {
      yield* evaluateFully(choice, state)
      continue
    }
    const rows: readonly Example[] = rng.sample(run.valset, plan.minibatchSize)
    const score = percentOf((yield* run.trial(state, rows)).mean)
    sampler.tell(choice, score)
    const known = tried.get(label) ?? { choice, state, scores: [], isFull: false }
    known.scores.push(score)
    tried.set(label, known)
    const isDue = number % (params.minibatch_full_eval_steps + 1) === 0 || number === plan.adjustedTrials - 1
    if (!isDue) continue
    number += 1
    const [first, ...rest] = [...tried.values()].filter(one => !one.isFull)
    if (first === undefined) {
      yield { type: 'note', text: 'Every combination tried so far was evaluated in full; the evaluation due now is left out.' }
      continue
    }
    const next = rest.reduce((top, one) => (mean(one.scores) > mean(top.scores) ? one : top), first)
    next.isFull = true
    yield* evaluateFully(next.choice, next.state)
  }
  return best.state
}

/** Parameters in the order DSPy suggests them: for each predictor its instruction, then its demos. */
function spaceOf({ predictors, instructions, sets }: Choices): readonly TpeParameter[] {
  return predictors.flatMap((predictor, index): readonly TpeParameter[] => [
    { name: `${index}_predictor_instruction`, choices: instructions.get(predictor)?.length ?? 1 },
    ...(sets.length > 0 ? [{ name: `${index}_predictor_demos`, choices: isLocked(predictor, 'demos') ? 1 : sets.length }] : []),
  ])
}

function stateOf({ student }: RunContext<MiproParams>, { predictors, instructions, sets }: Choices, choice: TpeChoice): ProgramState {
  const numberOf = (predictor: Predictor): number => predictors.indexOf(predictor)
  const state = withInstructions(student, one => instructions.get(one)?.[choice[`${numberOf(one)}_predictor_instruction`] ?? 0])
  if (sets.length === 0) return state
  return withDemos(student.graph, state, one => sets[choice[`${numberOf(one)}_predictor_demos`] ?? 0]?.[one.id]?.demos ?? [])
}

/** `Triage: instruction 2, demos 5`. */
function labelOf({ predictors, sets }: Choices, choice: TpeChoice): string {
  const part = (at: number, what: string): number => choice[`${at}_predictor_${what}`] ?? 0
  const one = (at: number): string => `instruction ${part(at, 'instruction')}${sets.length > 0 ? `, demos ${part(at, 'demos')}` : ''}`
  if (predictors.length === 1) return one(0)
  return predictors.map(({ stepName }, at) => `${stepName}: ${one(at)}`).join('; ')
}

/** A score as DSPy's Evaluate gives it: percent with two digits. */
function percentOf(score: number): number {
  return pythonRound(score * 100, 2)
}
