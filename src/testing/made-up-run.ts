import { pythonRandom } from '@/lib/rng'
import type { FinishedRun } from '@/engine/advice/finding'
import { pairedGain, summarize } from '@/engine/evaluate/aggregate'
import type { ProgramState } from '@/engine/program/program'
import { emptyRunView } from '@/engine/run/view/reduce'
import type { CandidateView, RunView } from '@/engine/run/view/run-view'
import { oneStep } from './toy-programs'

type Scores = readonly (number | null)[]

/** `pattern(30, 20)` is 30 rows of which the first 20 score 1. */
export function pattern(count: number, right: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => (index >= from && index < from + right ? 1 : 0))
}

export function stateOf(instructions: string, demos = 0): ProgramState {
  return { classify: { instructions, demos: Array.from({ length: demos }, (_, n) => ({ text: `t${n}`, augmented: true })) } }
}

export function candidate(id: string, scores?: Scores, rest: Partial<CandidateView> = {}): CandidateView {
  const rows = (scores ?? []).map((score, index) => ({ score, id: `v${index}` }))
  return {
    id,
    trial: 0,
    label: id,
    how: id === 'baseline' ? 'student' : 'sample',
    parents: [],
    state: stateOf(id),
    minibatches: [],
    ...(scores && {
      full: { batch: 0, examples: rows.map(row => row.id), scores, summary: summarize(rows, pythonRandom(1)) },
    }),
    ...rest,
  }
}

export function minibatch(scores: Scores, from = 0): CandidateView['minibatches'][number] {
  return { batch: 1, examples: scores.map((_, index) => `v${from + index}`), scores }
}

export interface MadeUp extends Partial<Omit<FinishedRun, 'view'>> {
  /** Scores of the student. */
  readonly before: Scores
  readonly candidates: readonly CandidateView[]
  /** Which candidate the run keeps; the student by default. */
  readonly best?: string
  readonly view?: Partial<RunView>
}

/** A finished compile whose result follows from the scores, as the engine would have made it. */
export function madeUp({ before, candidates, best: bestId, view, ...rest }: MadeUp): FinishedRun {
  const student = candidate('baseline', before)
  const all = [student, ...candidates].map((each, trial) => ({ ...each, trial }))
  const best = all.find(({ id }) => id === bestId) ?? student
  const result = {
    kind: 'compile' as const,
    ...(student.full && { baseline: { candidate: student.id, summary: student.full.summary } }),
    ...(best.full && { best: { candidate: best.id, label: best.label, summary: best.full.summary, state: best.state } }),
    ...(best !== student && best.full && { gain: pairedGain(before, best.full.scores, pythonRandom(2)) }),
  }
  return {
    view: {
      ...emptyRunView,
      kind: 'compile',
      candidates: all,
      baseline: student.id,
      end: { reason: 'done', sentence: 'Done.', result },
      ...view,
    },
    result,
    graph: oneStep().graph,
    sizes: { train: 40, val: before.length },
    isSandbox: false,
    ...rest,
  }
}
