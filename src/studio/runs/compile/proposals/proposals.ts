import { predictorsOf } from '@/engine/graph/predictors'
import type { PredictorId, ProgramGraph } from '@/engine/program/program'
import type { InstructionProposal } from '@/engine/record/events'
import type { RunView } from '@/engine/run/view/run-view'
import type { CandidateRow } from '../../kit/candidate-rows'
import { predictorName } from '../../kit/state-changes'

export interface ShownProposal extends InstructionProposal {
  /** From 1, in the order of writing, per predictor. */
  readonly number: number
  readonly how: string
  /** The number of the first proposal with the same text. */
  readonly sameAs?: number
  /** Which choice of the search it is, where there is one. */
  readonly choice?: number
  /** Candidates with these instructions, best first. */
  readonly users: readonly CandidateRow[]
}

export interface ProposalGroup {
  readonly predictor: PredictorId
  readonly name: string
  /** The instructions the run started from. */
  readonly before: string
  readonly proposals: readonly ShownProposal[]
}

/** Every instruction that was written in a run, by the predictor it is for, and the candidates that came to use it. */
export function proposalGroups(graph: ProgramGraph, view: RunView, rows: readonly CandidateRow[]): readonly ProposalGroup[] {
  const student = rows.find(row => row.isBaseline)?.candidate.state
  const best = rows.toSorted((a, b) => rank(b) - rank(a))
  return predictorsOf(graph).flatMap((predictor, at) => {
    const written = view.proposals
      .filter(each => each.predictor === predictor.id)
      .flatMap(({ how, proposals }) => proposals.map(proposal => ({ ...proposal, how })))
    if (written.length === 0) return []
    const first = new Map<string, number>()
    const proposals = written.map((proposal, index): ShownProposal => {
      const sameAs = first.get(proposal.text)
      if (sameAs === undefined) first.set(proposal.text, index + 1)
      const users = best.filter(row => row.candidate.state[predictor.id]?.instructions === proposal.text)
      const choice = users.find(row => row.candidate.choice !== undefined)?.candidate.choice?.[`${at}_predictor_instruction`]
      return { ...proposal, number: index + 1, users, ...(sameAs !== undefined && { sameAs }), ...(choice !== undefined && { choice }) }
    })
    return [{ predictor: predictor.id, name: predictorName(predictor), before: student?.[predictor.id]?.instructions ?? '', proposals }]
  })
}

/** A full score counts more than any minibatch. */
function rank({ candidate, score }: CandidateRow): number {
  return score === undefined ? -1 : score + (candidate.full === undefined ? 0 : 1)
}
