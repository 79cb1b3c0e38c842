import type { Rng } from '@/lib/rng'
import { mean } from '@/lib/stats'
import type { Example } from '../../base/example'
import { openPredictors } from '../../graph/locks'
import type { Predictor } from '../../graph/predictors'
import type { ProgramState } from '../../program/program'
import type { RunEvent } from '../../record/events'
import { epochMinibatches } from './minibatches'
import { gepaBudget, type GepaParams } from './params'
import { createGepaPool, frontierEvent, type GepaPool } from './pool'
import { gepaStopper } from './stopper'
import { instructionIn } from './text'
import { instructionsOf, unlessRefused, withInstructions } from '../kit/instructions'
import { findMerge, mergeTestRows } from './merge'
import { frontierOdds, selectParent } from './pareto'
import { reflectionPrompt } from './reflect'
import type { RunContext, Trial } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { stage } from './gepa'

/**
 * GEPA (Agrawal et al. 2025, GEPA: Reflective Prompt Evolution Can Outperform Reinforcement Learning, Algorithms 1–4; dspy-spec
 * §6.9–6.12). Φ is the pool of candidates, each a set of instructions; D_feedback the trainset, D_pareto the valset; b the minibatch;
 * B the budget of program runs.
 * Differs: a text that gives a candidate of the pool again is not run again. A row whose way to the model failed counts for neither
 * side. Feedback comes from the scoring itself, not from a second call of the metric; where it gives none, it is what was expected and
 * what came. A mean that is perfect ends the search, since none can be better.
 */
export async function* compile(run: RunContext<GepaParams>): AsyncGenerator<RunEvent, CompileResult> {
  const { params, student, trainset } = run
  const search: Search = {
    run,
    components: openPredictors(student.graph, 'instructions'),
    pool: createGepaPool(),
    rng: run.random(params.seed),
    stepRng: run.random(params.seed),
    triedMerges: new Set(),
    spent: 0,
    mergesDue: 0,
    mergesDone: 0,
    hasFresh: false,
  }
  const budget = budgetOf(run)
  const minibatch = epochMinibatches(trainset.length, params.reflection_minibatch_size, search.rng)
  yield { type: 'stage-start', stage: stage.id, title: stage.title }
  yield* join(search, student.state, [])
  const reasonToEnd = gepaStopper(params)
  for (let iteration = 0; search.spent < budget; iteration++) {
    const end = reasonToEnd(iteration, search.pool.best().mean)
    if (end !== undefined) {
      yield { type: 'note', text: end }
      break
    }
    const title = `Iteration ${iteration + 1}: ${search.spent} of ${budget} program runs`
    yield { type: 'stage-step', stage: stage.id, step: search.spent, steps: budget, title }
    const isMergeTurn = params.use_merge && search.mergesDue > 0 && search.hasFresh
    search.hasFresh = false
    if (isMergeTurn && (yield* mergeTurn(search, iteration))) continue
    const parent = selectParent(params.candidate_selection_strategy, search.pool.frontier, search.pool.means(), search.rng)
    const rows = minibatch(iteration).flatMap(row => trainset[row] ?? [])
    yield* reflectTurn(search, parent, rows, iteration)
  }
  yield { type: 'stage-end', stage: stage.id }
  return { state: search.pool.best().state }
}

/** What an iteration works on. */
interface Search {
  readonly run: RunContext<GepaParams>
  /** Predictors whose instructions are not locked: what evolves. */
  readonly components: readonly Predictor[]
  /** Φ, with the front of every val row. */
  readonly pool: GepaPool
  /** Draws parents, minibatches and merges, as the library's generator does. */
  readonly rng: Rng
  /** Draws among several steps of one predictor: DSPy's own generator, of the same seed. */
  readonly stepRng: Rng
  readonly triedMerges: Set<string>
  /** Program runs counted against B. */
  spent: number
  mergesDue: number
  mergesDone: number
  /** The iteration before accepted a candidate. */
  hasFresh: boolean
}

/** Steps 4–11: choose a parent, run it on a minibatch, reflect, and take the child in when it does better there. */
async function* reflectTurn(search: Search, number: number, rows: readonly Example[], iteration: number): AsyncGenerator<RunEvent, void> {
  const { run, pool, components } = search
  const { params } = run
  const parent = pool.at(number)
  const before = yield* trial(search, parent.state, rows)
  const scored = before.scores.filter(score => score !== null)
  if (scored.length === 0) return yield { type: 'note', text: `Iteration ${iteration + 1}: no row of the minibatch has a score; left out.` }
  if (params.skip_perfect_score && scored.every(score => score >= params.perfect_score)) {
    return yield {
      type: 'note',
      text: `Iteration ${iteration + 1}: the parent solves its whole minibatch; there is nothing to learn from it.`,
    }
  }
  const chosen = params.component_selector === 'all' ? components : components.slice(...pool.nextComponent(number, components.length))
  const texts = yield* reflect(search, parent.state, chosen, rows, before, iteration)
  if (texts.size === 0) return yield { type: 'note', text: `Iteration ${iteration + 1}: no new instruction came of it.` }
  const state = withInstructions({ graph: run.student.graph, state: parent.state }, predictor => texts.get(predictor))
  const candidate = run.candidateId(state)
  const label = `iteration ${iteration + 1}: ${[...texts.keys()].map(({ stepName }) => stepName).join(', ')}`
  yield { type: 'candidate-propose', candidate, label, how: 'reflect', parents: [parent.candidate], state }
  if (pool.has(candidate)) return yield { type: 'note', text: `Iteration ${iteration + 1}: the proposal gives a candidate known already.` }
  const after = yield* trial(search, state, rows)
  const [was, is] = sharedSums(before.scores, after.scores)
  const isBetter = is > was || (params.acceptance_criterion === 'improvement_or_equal' && is === was)
  const compared = `${points(is)} on ${rows.length === 1 ? '1 row' : `${rows.length} rows`} of the train split, its parent ${points(was)}`
  if (!isBetter) return yield { type: 'candidate-reject', candidate, reason: `Not better on its minibatch: ${compared}.` }
  yield { type: 'candidate-accept', candidate, reason: `Better on its minibatch: ${compared}.` }
  yield* join(search, state, [number])
  search.hasFresh = true
  if (search.mergesDone < params.max_merge_invocations) search.mergesDue += 1
}

/** Step 9: the reflection LM reads what the chosen predictors did and writes their next instructions. */
async function* reflect(
  search: Search,
  state: ProgramState,
  chosen: readonly Predictor[],
  rows: readonly Example[],
  { rollouts, scores }: Trial,
  iteration: number,
): AsyncGenerator<RunEvent, ReadonlyMap<Predictor, string>> {
  const { run, stepRng } = search
  const { graph } = run.student
  const { perfect_score: perfectScore, add_format_failure_as_feedback: showsUnreadable } = run.params
  const answers = await Promise.all(
    chosen.map(async predictor => {
      const content = reflectionPrompt(predictor, { graph, state }, rows, rollouts, { perfectScore, showsUnreadable, rng: stepRng })
      if (content === undefined) return undefined
      // The same parent may meet the same rows again: then another sample is wanted, not the answer that was not better before.
      const options = { purpose: 'propose', role: 'reflection', predictor: predictor.id, rollout: iteration } as const
      return unlessRefused(run.askText([{ role: 'user', content }], options))
    }),
  )
  const texts = new Map<Predictor, string>()
  for (const [index, predictor] of chosen.entries()) {
    const answer = answers[index]
    const text = instructionIn(answer?.text ?? '')
    if (answer === undefined || text === '') continue
    texts.set(predictor, text)
    const note = `read ${rows.length} rows with a mean of ${points(mean(scores.filter(score => score !== null)))}`
    yield { type: 'instructions-propose', predictor: predictor.id, how: 'reflect', proposals: [{ text, call: answer.call, note }] }
  }
  return texts
}

/** A merge of two candidates of the frontier. True when one was tried, which takes the place of a reflection. */
async function* mergeTurn(search: Search, iteration: number): AsyncGenerator<RunEvent, boolean> {
  const { run, pool, rng, triedMerges } = search
  const lineage = pool.lineage()
  const leaders = frontierOdds(pool.frontier, lineage.means).map(odds => odds.candidate)
  const merge = findMerge(lineage, leaders, triedMerges, rng)
  if (merge === undefined) return false
  const { first, second, texts } = merge
  const state = withInstructions({ graph: run.student.graph, state: pool.at(first).state }, (_, component) => texts[component])
  const candidate = run.candidateId(state)
  if (pool.has(candidate)) return false
  const parents = [pool.at(first).candidate, pool.at(second).candidate]
  yield { type: 'candidate-propose', candidate, label: `iteration ${iteration + 1}: merge`, how: 'merge', parents, state }
  const rows = mergeTestRows(lineage, merge, rng)
  const examples = rows.flatMap(row => run.valset[row] ?? [])
  const { scores } = yield* trial(search, state, examples)
  const scoresOf = (number: number): readonly (number | null)[] => rows.map(row => pool.at(number).scores[row] ?? null)
  const sumOf = (number: number): number => sharedSums(scoresOf(number), scores)[0]
  const [best, is] = [Math.max(sumOf(first), sumOf(second)), sharedSums(scores, scores)[0]]
  const compared = `${points(is)} on ${rows.length} rows of the val split, the better parent ${points(best)}`
  if (is < best) yield { type: 'candidate-reject', candidate, reason: `The merge does worse: ${compared}.` }
  else {
    yield { type: 'candidate-accept', candidate, reason: `The merge does as well or better: ${compared}.` }
    yield* join(search, state, [first, second])
    search.mergesDue -= 1
    search.mergesDone += 1
  }
  return true
}

/** Scores a candidate on the whole valset and takes it into the pool and the frontier. */
async function* join(search: Search, state: ProgramState, parents: readonly number[]): AsyncGenerator<RunEvent, void> {
  const { run, pool, components } = search
  const candidate = run.candidateId(state)
  yield* run.evaluate(state)
  search.spent += run.valset.length
  const scores = run.fullScores(candidate) ?? []
  const texts = components.map(predictor => instructionsOf(predictor, state))
  const changed = pool.add({ candidate, state, texts, parents, scores })
  yield frontierEvent(pool, run.valset, changed)
}

async function* trial(search: Search, state: ProgramState, rows: readonly Example[]): AsyncGenerator<RunEvent, Trial> {
  search.spent += rows.length
  return yield* search.run.trial(state, rows)
}

function budgetOf({ params, student, trainset, valset }: RunContext<GepaParams>): number {
  const openInstructions = openPredictors(student.graph, 'instructions').length
  return gepaBudget(params, { train: trainset.length, val: valset.length, predictors: 0, openInstructions, openDemos: 0, callsPerRun: 0 })
}

/** Sums over the rows that both have a score on. */
function sharedSums(one: readonly (number | null)[], other: readonly (number | null)[]): readonly [number, number] {
  let sums: readonly [number, number] = [0, 0]
  for (const [row, score] of one.entries()) {
    const second = other[row] ?? null
    if (score !== null && second !== null) sums = [sums[0] + score, sums[1] + second]
  }
  return sums
}

function points(score: number): string {
  return String(Math.round(score * 100) / 100)
}
