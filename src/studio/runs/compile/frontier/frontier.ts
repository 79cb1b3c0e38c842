import type { ExampleId } from '@/engine/base/example'
import type { CandidateId } from '@/engine/program/program'
import type { RunView } from '@/engine/run/view/run-view'
import type { CandidateRow } from '../../kit/candidate-rows'

export interface MatrixCell {
  /** Null where the row has no score; undefined where the candidate did not run on it. */
  readonly score: number | null | undefined
  /** Among the best that any candidate did on this row. */
  readonly leads: boolean
}

export interface MatrixRow {
  readonly row: CandidateRow
  readonly isMember: boolean
  /** Rows of the data it leads on. */
  readonly leadCount: number
  readonly cells: readonly MatrixCell[]
}

export interface FrontierMatrix {
  readonly examples: readonly { readonly id: ExampleId; readonly best?: number; readonly leaders: readonly CandidateId[] }[]
  /** Members of the frontier first, the ones that lead on most rows before the others; then the rest by score. */
  readonly candidates: readonly MatrixRow[]
}

/** Candidate by row: what each scored where, and who leads. Undefined where the optimizer keeps no frontier. */
export function frontierMatrix(view: RunView, rows: readonly CandidateRow[]): FrontierMatrix | undefined {
  if (view.frontier === undefined) return undefined
  const full = rows.filter(row => row.candidate.full !== undefined)
  const ids = [...new Set(full.flatMap(row => row.candidate.full?.examples ?? []))]
  const fronts = new Map(view.frontier.rows.map(front => [front.example, front]))
  const odds = new Map(view.frontier.members.map(member => [member.candidate, member.rows]))
  const examples = ids.map(id => {
    const front = fronts.get(id)
    return { id, leaders: front?.candidates ?? [], ...(front && { best: front.score }) }
  })
  const candidates = full.map((row): MatrixRow => {
    const { id, full: scored } = row.candidate
    const scores = new Map(scored?.examples.map((example, index) => [example, scored.scores[index]]))
    const cells = examples.map(example => ({ score: scores.get(example.id), leads: example.leaders.includes(id) }))
    return { row, isMember: odds.has(id), leadCount: odds.get(id) ?? cells.filter(cell => cell.leads).length, cells }
  })
  return {
    examples,
    candidates: candidates.toSorted(
      (a, b) => Number(b.isMember) - Number(a.isMember) || b.leadCount - a.leadCount || (b.row.score ?? 0) - (a.row.score ?? 0),
    ),
  }
}
