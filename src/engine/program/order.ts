import type { NodeId, ProgramGraph, ProgramNode } from './program'

export interface GraphOrder {
  /** Nodes whose sources all come earlier; within a layer in the order the program lists them. */
  readonly layers: readonly (readonly ProgramNode[])[]
  /** Nodes on a cycle, or behind one. */
  readonly cyclic: readonly ProgramNode[]
}

/** Kahn's algorithm by layers: the same graph always gives the same order, whatever order its edges are in. */
export function graphOrder(graph: ProgramGraph): GraphOrder {
  const sources = new Map<NodeId, Set<NodeId>>(graph.nodes.map(node => [node.id, new Set()]))
  for (const edge of graph.edges) {
    if (sources.has(edge.from.node)) sources.get(edge.to.node)?.add(edge.from.node)
  }
  const layers: ProgramNode[][] = []
  const done = new Set<NodeId>()
  let waiting: readonly ProgramNode[] = graph.nodes
  while (waiting.length > 0) {
    const isReady = (node: ProgramNode): boolean => [...(sources.get(node.id) ?? [])].every(source => done.has(source))
    const ready = waiting.filter(isReady)
    if (ready.length === 0) break
    const readySet = new Set(ready)
    waiting = waiting.filter(node => !readySet.has(node))
    for (const node of ready) done.add(node.id)
    layers.push(ready)
  }
  return { layers, cyclic: waiting }
}

/** Nodes in the order they run. Nodes on a cycle are left out; `checkGraph` names them. */
export function topologicalOrder(graph: ProgramGraph): readonly ProgramNode[] {
  return graphOrder(graph).layers.flat()
}

/** Whether data that leaves `from` can reach `to`. */
export function reaches(graph: ProgramGraph, from: NodeId, to: NodeId): boolean {
  const seen = new Set<NodeId>()
  const open = [from]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === to) return true
    if (seen.has(node)) continue
    seen.add(node)
    for (const edge of graph.edges) if (edge.from.node === node) open.push(edge.to.node)
  }
  return false
}
