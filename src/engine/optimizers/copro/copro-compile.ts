import { mean, pythonRound } from '@/lib/stats'
import type { Rng } from '@/lib/rng'
import { scorePercent } from '@/lib/percent'
import type { Example, Values } from '../../base/example'
import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { ProgramState } from '../../program/program'
import type { InstructionProposal, RunEvent } from '../../record/events'
import { attemptTexts, unquoted, writeFirst, writeNext } from './text'
import { instructionsOf, unlessRefused, withInstructions } from '../kit/instructions'
import { showRows } from '../kit/show-rows'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { proposalsIn, rounds, type Params } from './copro'

/** An instruction that was tried for a predictor: the best score it had, and the program it had it in. */
interface Attempt {
  readonly instructions: string
  readonly state: ProgramState
  readonly score: number
  readonly missed: readonly Example[]
}

/** What is known about one predictor. `fresh` are the proposals of this round, `all` those of every round. */
interface Search {
  readonly predictor: Predictor
  fresh: readonly string[]
  all: readonly string[]
  readonly attempts: Map<string, Attempt>
}

/**
 * COPRO (Khattab et al. 2023, DSPy, arXiv:2310.03714; dspy-spec §6.6): coordinate ascent over instructions. Each round proposes
 * some for every step, scores them on the trainset one step at a time, and keeps each step's best before it goes to the next.
 * Differs: no output prefix is searched, since adapters ignore it; several samples of one request are several requests, each with
 * other rows in view (none with `view_data_batch_size` 0).
 */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
  const rng = run.random(run.seed)
  const searches = openPredictors(run.student.graph, 'instructions').map((predictor): Search => ({
    predictor,
    fresh: [],
    all: [],
    attempts: new Map(),
  }))
  let { state } = run.student
  for (const round of rounds(run.params)) {
    const stage = `round-${round + 1}`
    yield { type: 'stage-start', stage, title: `Round ${round + 1}` }
    for (const search of searches) yield* propose(run, search, round, rng)
    for (const search of searches) state = yield* tryAll(run, search, { state, round, isAlone: searches.length === 1 })
    yield { type: 'stage-end', stage }
  }
  const pool = searches.flatMap(({ attempts }) => [...attempts.values()])
  return { state: bestOf(pool)?.state ?? state }
}

/** In the first round from the current instruction, which becomes the last candidate; then from what scored how. */
async function* propose(run: RunContext<Params>, search: Search, round: number, rng: Rng): AsyncGenerator<RunEvent, void> {
  const { predictor, attempts } = search
  const { breadth, init_temperature, view_data_batch_size: view } = run.params
  const current = instructionsOf(predictor, run.student.state)
  const known = [...attempts.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, breadth)
    .reverse()
  const inputs: Values =
    round === 0
      ? { basic_instruction: current }
      : { attempted_instructions: known.flatMap(({ instructions, score }, at) => attemptTexts(at + 1, instructions, percentOf(score))) }
  const { blind, sighted } = round === 0 ? writeFirst : writeNext
  const missed = known.at(-1)?.missed ?? []
  const answers = await Promise.all(
    Array.from({ length: proposalsIn(run.params, round) }, (_, index) => {
      const options = { purpose: 'propose', predictor: predictor.id, temperature: init_temperature, rollout: index } as const
      if (view === 0) return unlessRefused(run.ask(blind, inputs, options))
      const examples = rowsInView(run.trainset, missed, view, rng.fork(`${predictor.id} ${round} ${index}`))
      return unlessRefused(run.ask(sighted, { ...inputs, examples: showRows(examples) }, options))
    }),
  )
  const proposals = answers.flatMap((answer): readonly InstructionProposal[] =>
    answer ? [{ text: unquoted(String(answer.values['proposed_instruction'])), call: answer.call }] : [],
  )
  yield { type: 'instructions-propose', predictor: predictor.id, how: round === 0 ? 'breadth' : 'history', proposals }
  search.fresh = [...proposals.map(({ text }) => text), ...(round === 0 ? [current] : [])]
  search.all = [...search.all, ...search.fresh]
}

/** Rows the best instruction gets wrong, filled up with others. */
function rowsInView(trainset: readonly Example[], missed: readonly Example[], view: number, rng: Rng): readonly Example[] {
  const wrong = rng.shuffle(missed).slice(0, view)
  const others = rng.shuffle(trainset.filter(row => !wrong.includes(row)))
  return [...wrong, ...others].slice(0, view)
}

/**
 * Scores candidates of one step on the trainset and leaves the step with its best so far. With several steps, those of earlier
 * rounds are tried again, since the other steps have changed.
 */
async function* tryAll(
  run: RunContext<Params>,
  { predictor, fresh, all, attempts }: Search,
  { state: start, round, isAlone }: { readonly state: ProgramState; readonly round: number; readonly isAlone: boolean },
): AsyncGenerator<RunEvent, ProgramState> {
  const withText = (text: string): ProgramState =>
    withInstructions({ graph: run.student.graph, state: start }, one => (one === predictor ? text : undefined))
  const texts = isAlone ? fresh : all
  const scores: number[] = []
  for (const [index, instructions] of texts.entries()) {
    const title = `${predictor.stepName}: instruction ${index + 1} of ${texts.length}`
    yield { type: 'stage-step', stage: `round-${round + 1}`, step: index, steps: texts.length, title }
    const state = withText(instructions)
    const candidate = run.candidateId(state)
    const how = round === 0 ? 'breadth' : 'history'
    const label = `round ${round + 1}, ${predictor.stepName} ${index + 1}`
    yield { type: 'candidate-propose', candidate, label, how, parents: [run.candidateId(start)], state }
    const { mean: score, scores: byRow } = yield* run.trial(state, run.trainset)
    scores.push(score)
    const missed = run.trainset.filter((_, at) => (byRow[at] ?? 1) < 1)
    if (score > (attempts.get(instructions)?.score ?? -1)) attempts.set(instructions, { instructions, state, score, missed })
  }
  const best = bestOf([...attempts.values()])
  if (best === undefined || scores.length === 0) return start
  const next = withText(best.instructions)
  yield {
    type: 'note',
    text: `Round ${round + 1}, ${predictor.stepName}: best ${scorePercent(Math.max(...scores))}, mean ${scorePercent(mean(scores))}, worst ${scorePercent(Math.min(...scores))} of ${scores.length} on the train split.`,
  }
  yield {
    type: 'candidate-accept',
    candidate: run.candidateId(best.state),
    reason: `${scorePercent(best.score)} on the train split: ${predictor.stepName} goes on with these instructions.`,
  }
  return next
}

/** The first of equal ones. */
function bestOf(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.reduce<Attempt | undefined>((best, one) => (best === undefined || one.score > best.score ? one : best), undefined)
}

function percentOf(score: number): number {
  return pythonRound(score * 100, 2)
}
