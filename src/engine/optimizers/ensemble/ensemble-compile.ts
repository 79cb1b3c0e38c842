import { mean } from '@/lib/stats'
import { scorePercent } from '@/lib/percent'
import type { CandidateId, ProgramState } from '../../program/program'
import { voteProgram } from '../../modules/vote-program'
import type { RunEvent } from '../../record/events'
import { compile as randomSearch } from '../bootstrap/bootstrap-few-shot-random-search-compile'
import type { RunContext } from '../kit/run-context'
import type { CompileResult } from '../kit/optimizer'
import { stage, type Params } from './ensemble'

/**
 * Ensemble (dspy-spec §6.14) over the programs of a random search: its best ones answer together.
 * Returns another program: a vote over copies of the student, each with the state of a candidate.
 * Differs: the members are fixed, the best by val score, where DSPy draws `size` of them for each call; and where the ensemble
 * is no better than its best member, that member is returned, since each further one costs a run a row.
 */
export async function* compile(run: RunContext<Params>): AsyncGenerator<RunEvent, CompileResult> {
  const proposed = new Map<CandidateId, ProgramState>()
  const { state: best } = yield* noting(randomSearch(run), proposed)
  const meanOf = (candidate: CandidateId): number => mean((run.fullScores(candidate) ?? []).filter(score => score !== null))
  const ranked = [...proposed].sort(([a], [b]) => meanOf(b) - meanOf(a)).slice(0, run.params.size)
  const members = ranked.map(([, state]) => state)
  if (members.length < 2) return { state: best }

  yield { type: 'stage-start', stage: stage.id, title: stage.title }
  const { reduce_fn: reduce, normalize } = run.params
  const { graph, state } = voteProgram(run.student.graph, members, reduce, normalize)
  const candidate = run.candidateId(state, graph)
  yield {
    type: 'candidate-propose',
    candidate,
    label: `ensemble of ${members.length}`,
    how: 'ensemble',
    parents: ranked.map(([id]) => id),
    state,
    graph,
  }
  const together = yield* run.evaluate(state, graph)
  const alone = yield* run.evaluate(best)
  const isBetter = together > alone
  const reason = `${scorePercent(together)} together, ${scorePercent(alone)} for its best member alone.`
  yield { type: isBetter ? 'candidate-accept' : 'candidate-reject', candidate, reason }
  yield { type: 'stage-end', stage: stage.id }
  return isBetter ? { state, graph } : { state: best }
}

/** Passes events on and keeps the states that are proposed. */
async function* noting<T>(events: AsyncGenerator<RunEvent, T>, proposed: Map<CandidateId, ProgramState>): AsyncGenerator<RunEvent, T> {
  for (;;) {
    const step = await events.next()
    if (step.done) return step.value
    if (step.value.type === 'candidate-propose') proposed.set(step.value.candidate, step.value.state)
    yield step.value
  }
}
