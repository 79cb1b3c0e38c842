import { askedLike, askingOf } from '../program/asking'
import { bodyPath, outerState } from '../program/bodies'
import { isInputNode, isOutputNode, programInputs, programOutputs } from '../program/ends'
import type { Body, Edge, Program, ProgramGraph, ProgramNode, ProgramState, VoteNode } from '../program/program'
import type { Field } from '../signature/signature'
import type { TextRule } from '../metrics/rules'
import type { ReduceId } from './reduce-ids'

/**
 * One program of several that share a graph: a vote between its Input and its Output, with a copy of the graph for each state. Input and
 * Output keep their ids and fields, so mappings and metrics go on fitting. The same members give the same program, ids included.
 */
export function voteProgram(
  graph: ProgramGraph,
  members: readonly ProgramState[],
  reduce: ReduceId,
  normalize: TextRule = 'dspy',
): Program {
  const ends = graph.nodes.filter(node => isInputNode(node) || isOutputNode(node))
  const id = freeName('vote', new Set(ends.map(node => node.id)))
  const name = freeName('vote', new Set(ends.map(node => node.name.toLowerCase())))
  const inner = askedLike(graph, {})
  const bodies = members.map((_, index): Body => ({ id: `m${index + 1}`, name: `Program ${index + 1}`, graph: inner }))
  const inputs = programInputs(graph).map(field => asPort(field, 'input'))
  const outputs = programOutputs(graph).map(field => asPort(field, 'output'))
  const vote: VoteNode = {
    kind: 'vote',
    id,
    name,
    fields: [...inputs, ...outputs],
    moduleParams: { reduce_fn: reduce, ...(normalize !== 'dspy' && { normalize }) },
    bodies,
  }
  const edges = ends.flatMap(node => node.fields.map(field => edgeAt(node, field, id)))
  return {
    graph: {
      nodes: [...ends.filter(isInputNode), vote, ...ends.filter(isOutputNode)],
      edges,
      ...askingOf(graph),
    },
    state: Object.assign({}, ...members.map((state, index) => outerState(state, bodyPath(id, `m${index + 1}`)))),
  }
}

/** Inputs and outputs of a step may share a name but no id. */
function asPort(field: Field, role: Field['role']): Field {
  return { ...field, id: `${role} ${field.id}`, role }
}

function edgeAt(node: ProgramNode, field: Field, vote: string): Edge {
  const own = { node: node.id, field: field.id }
  return isInputNode(node)
    ? { id: `${node.id} ${field.id} ${vote}`, from: own, to: { node: vote, field: `input ${field.id}` } }
    : { id: `${vote} ${node.id} ${field.id}`, from: { node: vote, field: `output ${field.id}` }, to: own }
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted
  for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`
  return name
}
