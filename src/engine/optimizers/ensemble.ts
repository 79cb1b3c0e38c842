import { z } from 'zod'
import { mean } from '@/lib/stats'
import { scorePercent } from '@/lib/percent'
import { ensembleState } from '../graph/ensemble'
import type { ProgramState } from '../program/program'
import type { RunEvent } from '../record/events'
import type { CandidateId } from '../program/program'
import { bootstrapFewShotRandomSearch } from './bootstrap/bootstrap-few-shot-random-search'
import { exactly } from '../modules/call-range'
import { defineOptimizer, type OptimizerSizes } from './optimizer'

const paramsSchema = z.object({
  size: z
    .number()
    .int()
    .min(2)
    .max(16)
    .default(3)
    .meta({ title: 'Members', help: 'How many of the best programs answer together. Each adds a whole run to every row.' }),
  reduce_fn: z.enum(['majority', 'mean', 'median']).default('majority').meta({
    title: 'One answer of many',
    help: 'Majority: the most frequent answer. Mean and median: of outputs that are numbers.',
  }),
  ...bootstrapFewShotRandomSearch.params.shape,
})

const stage = { id: 'ensemble', title: 'Score the ensemble' }

/**
 * Ensemble (dspy-spec §6.14) over the programs of a random search: its best ones answer together.
 * Differs: the members are fixed, the best by val score, where DSPy draws `size` of them anew for each call; and where the ensemble
 * is no better than its best member, that member is returned, since each further one costs a run a row.
 */
export const ensemble = defineOptimizer({
  id: 'ensemble',
  title: 'Ensemble',
  dspyName: 'Ensemble',
  help: 'Searches demos at random, lets the best programs answer together and reduces their answers to one. Steadier, and as many times dearer.',
  paper: bootstrapFewShotRandomSearch.paper ?? '',
  params: paramsSchema,
  needs: bootstrapFewShotRandomSearch.needs,
  roles: bootstrapFewShotRandomSearch.roles,
  estimate: (params, sizes) => [
    ...bootstrapFewShotRandomSearch.estimate(params, sizes),
    { purpose: 'evaluate', ...ensembleCalls(params.size, sizes) },
  ],
  stages: (params, sizes) => [
    ...bootstrapFewShotRandomSearch.stages(params, sizes),
    { ...stage, calls: ensembleCalls(params.size, sizes) },
  ],
  async *compile(run) {
    const proposed = new Map<CandidateId, ProgramState>()
    const { state: best } = yield* noting(bootstrapFewShotRandomSearch.compile(run), proposed)
    const meanOf = (candidate: CandidateId): number => mean((run.fullScores(candidate) ?? []).filter(score => score !== null))
    const ranked = [...proposed].sort(([a], [b]) => meanOf(b) - meanOf(a)).slice(0, run.params.size)
    const members = ranked.map(([, state]) => state)
    if (members.length < 2) return { state: best }

    yield { type: 'stage-start', stage: stage.id, title: stage.title }
    const state = ensembleState(best, members, run.params.reduce_fn)
    const candidate = run.candidateId(state)
    yield {
      type: 'candidate-propose',
      candidate,
      label: `ensemble of ${members.length}`,
      how: 'ensemble',
      parents: ranked.map(([id]) => id),
      state,
    }
    const together = yield* run.evaluate(state)
    const alone = yield* run.evaluate(best)
    const isBetter = together > alone
    const reason = `${scorePercent(together)} together, ${scorePercent(alone)} for its best member alone.`
    yield { type: isBetter ? 'candidate-accept' : 'candidate-reject', candidate, reason }
    yield { type: 'stage-end', stage: stage.id }
    return { state: isBetter ? state : best }
  },
})

/** Passes events on and keeps the states that are proposed. */
async function* noting<T>(events: AsyncGenerator<RunEvent, T>, proposed: Map<CandidateId, ProgramState>): AsyncGenerator<RunEvent, T> {
  for (;;) {
    const step = await events.next()
    if (step.done) return step.value
    if (step.value.type === 'candidate-propose') proposed.set(step.value.candidate, step.value.state)
    yield step.value
  }
}

function ensembleCalls(size: number, { val, callsPerRun }: OptimizerSizes) {
  return { ...exactly(size * val * callsPerRun), low: 0 }
}
