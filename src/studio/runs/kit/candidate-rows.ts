import { bodyPath, bodyState, type BodyPath } from '@/engine/program/bodies'
import { stateHash } from '@/engine/graph/default-state'
import type { ProgramGraph, Program } from '@/engine/program/program'
import type { CandidateView, RunView } from '@/engine/run/view/run-view'
import { stepOf } from '@/engine/modules/registry'
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
    changes: baseline === undefined ? [] : stateChanges(candidate.graph ?? graph, baseline.state, candidate.state).filter(isChanged),
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

/** What the programs within the steps of a candidate were called as candidates of their own; the same state has the same id. */
export function bodyLabels({ graph, state }: Program, rows: readonly CandidateRow[]): ReadonlyMap<BodyPath, string> {
  const labels = new Map(rows.map(({ candidate }) => [candidate.id, candidate.label]))
  const paths = graph.nodes.flatMap(node => {
    const step = stepOf(node)
    return step ? step.bodies().map(({ body }) => bodyPath(node.id, body.id)) : []
  })
  return new Map(
    paths.flatMap((path): [BodyPath, string][] => {
      const label = labels.get(stateHash(bodyState(state, path)))
      return label === undefined ? [] : [[path, label]]
    }),
  )
}

/** `vote: 3 programs, majority of answers`: what a candidate that is another program is made of. */
export function programWords(graph: ProgramGraph): string {
  return graph.nodes
    .flatMap(node => {
      const step = stepOf(node)
      if (step === undefined) return []
      const facts = step.facts()
      return [facts === undefined ? node.name : `${node.name}: ${facts}`]
    })
    .join('; ')
}

type RowCounts = Readonly<Record<'train' | 'val', { readonly count: number }>>

/**
 * What the dots of the chart stand for; undefined where every one is a full evaluation. Which split a minibatch is of differs from
 * optimizer to optimizer, so its rows are asked.
 */
export function dotWords(rows: readonly CandidateRow[], { train, val }: RowCounts): string | undefined {
  const hollow = rows.filter(({ candidate }) => candidate.full === undefined && candidate.minibatches.length > 0)
  const full = new Set(rows.flatMap(({ candidate }) => candidate.full?.examples ?? []))
  if (hollow.length === 0) return undefined
  const batches = hollow.flatMap(({ candidate }) => candidate.minibatches.map(batch => batch.examples))
  const scored = val.count > 0 ? 'val' : 'train'
  const drawn = batches.flat().every(id => full.has(id)) ? scored : 'train'
  const isWhole = drawn === 'train' && batches.every(({ length }) => length >= train.count)
  return `Solid: all ${scored} rows. Hollow: ${isWhole ? 'all' : 'a minibatch of'} ${drawn} rows. Only solid ones can be best.`
}

function scoreOf({ full, minibatches }: CandidateView): number | undefined {
  if (full !== undefined) return full.summary.mean
  const scores = minibatches.flatMap(batch => batch.scores.filter(score => score !== null))
  return scores.length === 0 ? undefined : mean(scores)
}
