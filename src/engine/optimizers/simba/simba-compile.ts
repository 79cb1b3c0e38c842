import type { Rng } from '@/lib/rng'
import { mean } from '@/lib/stats'
import { scorePercent } from '@/lib/percent'
import type { Example } from '../../base/example'
import type { Rollout } from '../../evaluate/rollout'
import { openPredictors } from '../../graph/locks'
import type { RunEvent } from '../../record/events'
import { pcg64, type NumpyGenerator } from './pcg64'
import { bucketsOf, percentile, type Bucket } from './buckets'
import { simbaStrategies, type SimbaParams, type SimbaStrategy } from './params'
import { createSimbaPool, evenlySpaced, shuffledBatches, softmaxDraw, type SimbaPool, type SimbaProgram } from './pool'
import { hasDemo, hasRule, withDemoOf, withFewerDemos, writeRules, type Borders, type WrittenRules } from './strategies'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { titles } from './simba'

/**
 * SIMBA, stochastic introspective mini-batch ascent (DSPy's own method, without a paper; dspy-spec §6.8). Each step runs a batch with
 * several programs and samples, looks at the rows whose scores vary most, and adds a demo or a rule for them. As in DSPy the student has
 * no average of its own but 0, so that programs that learned something are drawn more often; measured, that finds better ones.
 * Differs: a strategy that finds nothing to add makes no candidate, and one that fails is not replaced: both would be runs of a program
 * that is known. With fewer rows than a batch, the batch is all rows. Winners are compared on the valset, which is the trainset where
 * there is none, as always in DSPy.
 */
export async function* compile(run: RunContext<SimbaParams>): AsyncGenerator<RunEvent, CompileResult> {
  const { params, student, trainset } = run
  const { graph } = student
  const search: Search = {
    run,
    pool: createSimbaPool(),
    rng: run.random(params.seed),
    poisson: pcg64(params.seed),
    strategies: simbaStrategies(params, {
      openInstructions: openPredictors(graph, 'instructions').length,
      openDemos: openPredictors(graph, 'demos').length,
    }),
  }
  const baseline: SimbaProgram = { candidate: run.candidateId(student.state), state: student.state }
  search.pool.add(baseline, [])
  const winners = [baseline]
  const nextBatch = shuffledBatches(trainset.length, Math.min(params.bsize, trainset.length), search.rng)

  yield { type: 'stage-start', stage: 'search', title: titles.search }
  for (let step = 0; step < params.max_steps; step++) {
    const title = `Step ${step + 1} of ${params.max_steps}`
    yield { type: 'stage-step', stage: 'search', step, steps: params.max_steps, title }
    const batch = nextBatch().flatMap(row => trainset[row] ?? [])
    const runs = await sampleRuns(search, batch)
    const buckets = bucketsOf(batch, runs)
    const scores = buckets.flatMap(bucket => bucket.runs.map(({ score }) => score))
    const borders = { low: percentile(scores, 10), high: percentile(scores, 90) }
    const candidates = yield* buildCandidates(search, buckets, borders, title)
    if (candidates.length === 0) {
      yield { type: 'note', text: `${title}: no row of the batch shows anything to learn from.` }
      continue
    }
    winners.push(yield* scoreCandidates(search, candidates, batch))
  }
  yield { type: 'stage-end', stage: 'search' }

  yield { type: 'stage-start', stage: 'winners', title: titles.winners }
  const result = yield* bestWinner(run, winners)
  yield { type: 'stage-end', stage: 'winners' }
  return result
}

/** What every step works on. */
interface Search {
  readonly run: RunContext<SimbaParams>
  readonly pool: SimbaPool
  readonly rng: Rng
  /** Draws how many demos to drop: DSPy's second generator, of the same seed. */
  readonly poisson: NumpyGenerator
  readonly strategies: readonly SimbaStrategy[]
}

/**
 * Steps 3–5: each row runs once a sample, each time with a program drawn from the shortlist. The first sample is the teacher's, where
 * the run has one. Returns the runs of each row, in the order of the samples.
 */
async function sampleRuns({ run, pool, rng }: Search, batch: readonly Example[]): Promise<readonly (readonly Rollout[])[]> {
  const { num_candidates: samples, temperature_for_sampling: temperature } = run.params
  const shortlist = pool.shortlist(samples)
  const drawn = Array.from({ length: samples }, () => batch.map(() => softmaxDraw(pool, shortlist, temperature, rng)))
  const parts = drawn.flatMap((programs, sample) => [...new Set(programs)].map(program => ({ sample, program, programs })))
  const found = await Promise.all(
    parts.map(({ sample, program, programs }) => {
      const rows = batch.filter((_, row) => programs[row] === program)
      const role = sample === 0 ? 'teacher' : 'task'
      return run.rollouts(pool.at(program).state, rows, {
        purpose: 'trial',
        rollout: sample,
        role,
        temperature: 1,
        isOnTrial: true,
      })
    }),
  )
  const bySample = drawn.map(() => new Map<string, Rollout>())
  for (const [index, { sample }] of parts.entries()) {
    for (const rollout of found[index] ?? []) bySample[sample]?.set(rollout.exampleId, rollout)
  }
  return batch.map(({ id }) => bySample.flatMap(rollouts => rollouts.get(id) ?? []))
}

interface Candidate extends SimbaProgram {
  readonly parent: SimbaProgram
  readonly strategy: SimbaStrategy
  readonly label: string
}

/** Step 7: for the rows that vary most, a copy of a good program with a demo or a rule of that row. */
async function* buildCandidates(
  { run, pool, rng, poisson, strategies }: Search,
  buckets: readonly Bucket[],
  borders: Borders,
  title: string,
): AsyncGenerator<RunEvent, readonly Candidate[]> {
  const { params, student } = run
  const { graph } = student
  const shortlist = pool.shortlist(params.num_candidates)
  const drafts: { readonly parent: SimbaProgram; readonly strategy: SimbaStrategy; readonly made: Promise<WrittenRules | undefined> }[] = []
  for (const bucket of buckets) {
    if (drafts.length > params.num_candidates) break
    const parent = pool.at(softmaxDraw(pool, shortlist, params.temperature_for_candidates, rng))
    const program = { graph, state: withFewerDemos({ graph, state: parent.state }, params.max_demos, rng, poisson) }
    const strategy = rng.choice(strategies)
    if (strategy === 'append-demo' && hasDemo(bucket, borders)) {
      const state = withDemoOf(bucket, program, params.demo_input_field_maxlen)
      drafts.push({ parent, strategy, made: Promise.resolve({ state, proposals: [] }) })
    }
    if (strategy === 'append-rule' && hasRule(bucket, borders)) drafts.push({ parent, strategy, made: writeRules(run, bucket, program) })
  }
  const made = await Promise.all(drafts.map(draft => draft.made))
  const candidates: Candidate[] = []
  for (const [index, { parent, strategy }] of drafts.entries()) {
    const written = made[index]
    if (written === undefined) continue
    for (const { predictor, proposal } of written.proposals)
      yield { type: 'instructions-propose', predictor, how: strategy, proposals: [proposal] }
    const candidate = run.candidateId(written.state)
    if (pool.has(candidate) || candidates.some(other => other.candidate === candidate)) continue
    const label = `${title.toLowerCase()}: ${strategy === 'append-demo' ? 'demo' : 'rule'} ${candidates.length + 1}`
    candidates.push({ candidate, state: written.state, parent, strategy, label })
  }
  return candidates
}

/** Step 8: all candidates on the same batch; the first of the best is the step's winner, and all join the pool. */
async function* scoreCandidates(
  { run, pool }: Search,
  candidates: readonly Candidate[],
  batch: readonly Example[],
): AsyncGenerator<RunEvent, SimbaProgram> {
  const means: number[] = []
  for (const program of candidates) {
    const { candidate, state, parent, strategy: how, label } = program
    yield { type: 'candidate-propose', candidate, label, how, parents: [parent.candidate], state }
    const { scores } = yield* run.trial(state, batch)
    const own = scores.filter(score => score !== null)
    means.push(mean(own))
    pool.add(program, own)
  }
  const best = means.indexOf(means.reduce((top, one) => Math.max(top, one), -Infinity))
  const rows = batch.length === 1 ? '1 row' : `${batch.length} rows`
  for (const [index, { candidate }] of candidates.entries()) {
    const reached = scorePercent(means[index] ?? 0)
    if (index === best) yield { type: 'candidate-accept', candidate, reason: `${reached} on ${rows}: the best of its step.` }
    else
      yield {
        type: 'candidate-reject',
        candidate,
        reason: `${reached} on ${rows}; the best of its step has ${scorePercent(means[best] ?? 0)}. It stays in the pool.`,
      }
  }
  const winner = candidates[best]
  if (winner === undefined) throw new Error('a step without candidates has no winner')
  return winner
}

/** Step 9: winners spread over all steps, the student first, on all rows. */
async function* bestWinner(run: RunContext<SimbaParams>, winners: readonly SimbaProgram[]): AsyncGenerator<RunEvent, CompileResult> {
  const places = evenlySpaced(winners.length, run.params.num_candidates + 1)
  let best = { state: run.student.state, score: -Infinity }
  for (const [step, place] of places.entries()) {
    yield { type: 'stage-step', stage: 'winners', step, steps: places.length, title: `Winner ${step + 1} of ${places.length}` }
    const { state } = winners[place] ?? { state: run.student.state }
    const score = yield* run.evaluate(state)
    if (score > best.score) best = { state, score }
  }
  return { state: best.state }
}
