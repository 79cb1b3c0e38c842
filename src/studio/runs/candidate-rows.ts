import type { ProgramGraph } from '@/engine/graph/program'
import type { CandidateView, RunView } from '@/engine/run/run-view'
import { mean } from '@/lib/stats'
import type { ScorePoint } from '@/ui/charts/score-chart'
import { isChanged, stateChanges, type PredictorChange } from './state-changes'

export interface CandidateRow {
  readonly candidate: CandidateView
  readonly isBaseline: boolean
  readonly isBest: boolean
  /** Mean over the whole val split, else over the minibatches it saw; undefined while nothing was scored. */
  readonly score?: number
  readonly changes: readonly PredictorChange[]
}

/** The candidates of a run with what the table and the chart say of each. */
export function candidateRows(graph: ProgramGraph, view: RunView): readonly CandidateRow[] {
  const baseline = view.candidates.find(({ id }) => id === view.baseline)
  const bestId = bestCandidateId(view)
  return view.candidates.map(candidate => ({
    candidate,
    isBaseline: candidate.id === view.baseline,
    isBest: candidate.id === bestId,
    score: scoreOf(candidate),
    changes: baseline === undefined ? [] : stateChanges(graph, baseline.state, candidate.state).filter(isChanged),
  }))
}

/** What the run's end says is best, and until then what leads. */
function bestCandidateId(view: RunView): string | undefined {
  return view.end?.result?.best?.candidate ?? view.best?.candidate
}

export function scorePoints(rows: readonly CandidateRow[]): readonly ScorePoint[] {
  return rows.flatMap(({ candidate, score }) =>
    score === undefined
      ? []
      : [
          {
            id: candidate.id,
            x: candidate.trial,
            y: score,
            kind: candidate.full === undefined ? ('minibatch' as const) : ('full' as const),
            label: candidate.label,
          },
        ],
  )
}

function scoreOf({ full, minibatches }: CandidateView): number | undefined {
  if (full !== undefined) return full.summary.mean
  const scores = minibatches.flatMap(batch => batch.scores.filter(score => score !== null))
  return scores.length === 0 ? undefined : mean(scores)
}
