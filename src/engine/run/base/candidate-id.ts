import { canonicalJson } from '@/lib/canonical-json'
import { shortHash } from '@/lib/hash'
import { stateHash } from '../../graph/default-state'
import type { PredictorState, Program, ProgramGraph, ProgramState } from '../../program/program'
import { memberStates, wholeVote } from '../../modules/whole-vote'
import type { CandidateId } from '../../program/program'

/**
 * A candidate's id, the same in every run: where its graph is the student's, the hash of its state, else that of the whole program. A
 * vote over copies of one graph has the id that the same programs had as an ensemble, when that was a list in the state: the summary
 * of a candidate is drawn by its id, and so journals of then can go on.
 */
export function candidateIdOf({ graph, state }: Program, student: ProgramGraph): CandidateId {
  if (graph === student && wholeVote(graph) === undefined) return stateHash(state)
  let byGraph = known.get(state)
  if (byGraph === undefined) known.set(state, (byGraph = new Map()))
  let id = byGraph.get(graph)
  if (id === undefined) byGraph.set(graph, (id = shortHash(ensembleState({ graph, state }) ?? { graph, state })))
  return id
}

/** States and graphs are never changed in place. */
const known = new WeakMap<ProgramState, Map<ProgramGraph, CandidateId>>()

/** The state of an ensemble as it was stored; undefined for a program that could not be written so. */
function ensembleState({ graph, state }: Program): object | undefined {
  const vote = wholeVote(graph)
  if (vote === undefined || 'size' in vote.moduleParams) return undefined
  const members = memberStates(vote, state)
  const [first] = members
  const [body, ...others] = vote.bodies
  if (first === undefined || body === undefined) return undefined
  const isPlain = members.every(member => Object.values(member).every(({ nearest }) => nearest === undefined))
  if (!isPlain || others.some(other => !isEqual(other.graph, body.graph))) return undefined
  const entries = Object.entries(first).map(([id, own]): [string, object] => {
    const ensemble = { reduce: vote.moduleParams['reduce_fn'] ?? 'majority', members: members.flatMap(member => stored(member[id])) }
    return [id, { ...own, ensemble }]
  })
  return Object.fromEntries(entries)
}

function stored(own: PredictorState | undefined): readonly object[] {
  return own === undefined ? [] : [own]
}

function isEqual(one: ProgramGraph, other: ProgramGraph): boolean {
  return one === other || canonicalJson(one) === canonicalJson(other)
}
