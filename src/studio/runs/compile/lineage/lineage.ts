import type { CandidateId } from '@/engine/program/program'
import type { CandidateRow } from '../../kit/candidate-rows'

export interface LineageNode {
  readonly row: CandidateRow
  readonly depth: number
  /** The parent it stands under. */
  readonly parent?: CandidateId
  /** Parents beside that one: a merge has two. */
  readonly otherParents: readonly CandidateRow[]
  readonly childCount: number
  readonly isLastChild: boolean
  /** For each depth above its own, whether a line goes on below. */
  readonly rails: readonly boolean[]
  /** Place among its siblings, from 1. */
  readonly place: number
  readonly siblingCount: number
}

/** The candidates as a tree, parents before children, each in the order of the trials. A parent that is not known makes a root. */
export function lineageOf(rows: readonly CandidateRow[]): readonly LineageNode[] {
  const byId = new Map(rows.map(row => [row.candidate.id, row]))
  // A parent comes before its child; anything else in a record would make a circle.
  const parentsOf = ({ candidate }: CandidateRow) =>
    candidate.parents.flatMap(id => {
      const parent = byId.get(id)
      return parent !== undefined && parent.candidate.trial < candidate.trial ? [parent] : []
    })
  const children = new Map<CandidateId | undefined, CandidateRow[]>()
  for (const row of rows) {
    const key = parentsOf(row)[0]?.candidate.id
    children.set(key, [...(children.get(key) ?? []), row])
  }
  const nodes: LineageNode[] = []
  const open: { readonly row: CandidateRow; readonly rails: readonly boolean[]; readonly place: number; readonly of: number }[] = []
  const push = (siblings: readonly CandidateRow[], rails: readonly boolean[]) => {
    for (const [index, row] of [...siblings.entries()].reverse()) open.push({ row, rails, place: index + 1, of: siblings.length })
  }
  push(children.get(undefined) ?? [], [])
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { row, rails, place, of } = next
    const [parent, ...otherParents] = parentsOf(row)
    const own = children.get(row.candidate.id) ?? []
    nodes.push({
      row,
      depth: rails.length,
      ...(parent && { parent: parent.candidate.id }),
      otherParents,
      childCount: own.length,
      isLastChild: place === of,
      rails,
      place,
      siblingCount: of,
    })
    push(own, [...rails, place < of])
  }
  return nodes
}

/** Whether there is more to see than candidates that all come from the program as it was. */
export function hasLineage(rows: readonly CandidateRow[]): boolean {
  const baseline = rows.find(row => row.isBaseline)?.candidate.id
  return rows.some(({ candidate: { parents } }) => parents.length > 1 || parents.some(parent => parent !== baseline))
}
