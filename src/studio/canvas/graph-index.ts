import type { GraphProblem } from '@/engine/graph/check'
import { stepOf } from '@/engine/modules/registry'
import { inputFields, outputFields } from '@/engine/graph/ports'
import type { Edge, EdgeEnd, NodeId, ProgramGraph, ProgramNode } from '@/engine/program/program'
import { problemsOf } from '@/state/document/graph-problems'
import type { Field } from '@/engine/signature/signature'

export type Problem = GraphProblem

export interface Ports {
  readonly inputs: readonly Field[]
  readonly outputs: readonly Field[]
}

/** Look-ups over one graph, made once for each version of it: 200 node cards must not scan 200 nodes each. */
export interface GraphIndex {
  readonly node: ReadonlyMap<NodeId, ProgramNode>
  readonly ports: ReadonlyMap<NodeId, Ports>
  /** One wire an input, or several of which a branch lets one bring a value. */
  readonly edgesInto: ReadonlyMap<string, readonly Edge[]>
  readonly edgesOutOf: ReadonlyMap<string, readonly Edge[]>
  /** Whether a step gives only one of its outputs in a row. */
  readonly isBranched: boolean
  readonly problems: ReadonlyMap<NodeId, readonly Problem[]>
}

export function endKey(end: EdgeEnd): string {
  return `${end.node}/${end.field}`
}

export function graphIndex(graph: ProgramGraph): GraphIndex {
  const known = indexes.get(graph)
  if (known) return known
  const index = makeIndex(graph)
  indexes.set(graph, index)
  return index
}

/** `Classify.label` for an end; what is gone reads as `?`. */
export function endLabel(index: GraphIndex, end: EdgeEnd): string {
  return `${index.node.get(end.node)?.name ?? '?'}.${fieldAt(index, end)?.name ?? '?'}`
}

export function fieldAt(index: GraphIndex, end: EdgeEnd): Field | undefined {
  const ports = index.ports.get(end.node)
  return ports?.outputs.find(field => field.id === end.field) ?? ports?.inputs.find(field => field.id === end.field)
}

const indexes = new WeakMap<ProgramGraph, GraphIndex>()
const portsOfNode = new WeakMap<ProgramNode, Ports>()

/** Kept by node, so that the lists of a node that did not change stay the same objects. */
function portsOf(node: ProgramNode): Ports {
  const known = portsOfNode.get(node)
  if (known) return known
  const ports = { inputs: inputFields(node), outputs: outputFields(node) }
  portsOfNode.set(node, ports)
  return ports
}

function makeIndex(graph: ProgramGraph): GraphIndex {
  const problems = new Map<NodeId, Problem[]>()
  for (const problem of problemsOf(graph)) {
    if (!problem.node) continue
    const known = problems.get(problem.node)
    if (known) known.push(problem)
    else problems.set(problem.node, [problem])
  }
  return {
    node: new Map(graph.nodes.map(node => [node.id, node])),
    ports: new Map(graph.nodes.map(node => [node.id, portsOf(node)])),
    edgesInto: byEnd(graph.edges, 'to'),
    edgesOutOf: byEnd(graph.edges, 'from'),
    isBranched: graph.nodes.some(node => stepOf(node)?.choice() !== undefined),
    problems,
  }
}

function byEnd(edges: readonly Edge[], side: 'from' | 'to'): ReadonlyMap<string, readonly Edge[]> {
  const found = new Map<string, Edge[]>()
  for (const edge of edges) {
    const key = endKey(edge[side])
    const known = found.get(key)
    if (known) known.push(edge)
    else found.set(key, [edge])
  }
  return found
}
