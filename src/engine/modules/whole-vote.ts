import { bodyPath, bodyState } from '../program/bodies'
import type { ProgramGraph, ProgramState, VoteNode } from '../program/program'
import { isStepNode } from './registry'

/** The vote that is the whole of a program; undefined where there is another step, or none. */
export function wholeVote(graph: ProgramGraph): VoteNode | undefined {
  const [only, ...others] = graph.nodes.filter(isStepNode)
  return only?.kind === 'vote' && others.length === 0 ? only : undefined
}

/** The state of each body of a step of the program, in their order. */
export function memberStates({ bodies, id }: VoteNode, state: ProgramState): readonly ProgramState[] {
  return bodies.map(body => bodyState(state, bodyPath(id, body.id)))
}
