import type { NodeId, ProgramGraph, ProgramNode } from './program'

export interface GraphOrder {
  /** Nodes whose sources all come earlier; within a layer in the order the program lists them. */
  readonly layers: readonly (readonly ProgramNode[])[]
  /** Nodes on a cycle, or behind one. */
  readonly cyclic: readonly ProgramNode[]
}

/** Kahn's algorithm by layers: the same graph always gives the same order, whatever order its edges are in. Linear in nodes and edges. */
export function graphOrder(graph: ProgramGraph): GraphOrder {
  const places = new Map(graph.nodes.map((node, place) => [node.id, place]))
  const next = successors(graph)
  const waitsFor = new Map<NodeId, number>()
  for (const targets of next.values()) for (const id of targets) waitsFor.set(id, (waitsFor.get(id) ?? 0) + 1)
  const layers: ProgramNode[][] = []
  const done = new Set<NodeId>()
  let ready = graph.nodes.filter(({ id }) => !waitsFor.has(id))
  while (ready.length > 0) {
    layers.push(ready)
    const freed: ProgramNode[] = []
    for (const { id } of ready) done.add(id)
    for (const { id } of ready) {
      for (const target of next.get(id) ?? []) {
        const left = (waitsFor.get(target) ?? 0) - 1
        waitsFor.set(target, left)
        const node = left === 0 ? graph.nodes[places.get(target) ?? -1] : undefined
        if (node) freed.push(node)
      }
    }
    ready = freed.sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
  }
  return { layers, cyclic: graph.nodes.filter(({ id }) => !done.has(id)) }
}

/** Nodes in the order they run. Nodes on a cycle are left out; `checkGraph` names them. */
export function topologicalOrder(graph: ProgramGraph): readonly ProgramNode[] {
  return graphOrder(graph).layers.flat()
}

/** Whether data that leaves `from` can reach `to`. */
export function reaches(graph: ProgramGraph, from: NodeId, to: NodeId): boolean {
  return spread([from], successors(graph)).has(to)
}

/** Every node whose data can reach one of these, with these themselves. */
export function leadingTo(graph: ProgramGraph, ends: Iterable<NodeId>): ReadonlySet<NodeId> {
  return spread(ends, sourcesOf(graph))
}

/** Nodes whose own data can come back to them: Tarjan's strong components, without recursion. */
export function onCycles(graph: ProgramGraph): ReadonlySet<NodeId> {
  const next = successors(graph)
  const found = new Set<NodeId>()
  const index = new Map<NodeId, number>()
  const low = new Map<NodeId, number>()
  const open: NodeId[] = []
  const isOpen = new Set<NodeId>()
  for (const { id: root } of graph.nodes) {
    if (index.has(root)) continue
    const path: { readonly id: NodeId; readonly targets: Iterator<NodeId> }[] = []
    const enter = (id: NodeId): void => {
      index.set(id, index.size)
      low.set(id, index.size - 1)
      open.push(id)
      isOpen.add(id)
      path.push({ id, targets: (next.get(id) ?? noNodes)[Symbol.iterator]() })
    }
    enter(root)
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const { id, targets } = at
      const step = targets.next()
      if (!step.done) {
        const target = step.value
        if (target === id) found.add(id)
        if (!index.has(target)) enter(target)
        else if (isOpen.has(target)) low.set(id, Math.min(low.get(id) ?? 0, index.get(target) ?? 0))
        continue
      }
      path.pop()
      const outer = path.at(-1)
      if (outer) low.set(outer.id, Math.min(low.get(outer.id) ?? 0, low.get(id) ?? 0))
      if (low.get(id) !== index.get(id)) continue
      const component = open.splice(open.lastIndexOf(id))
      for (const each of component) isOpen.delete(each)
      if (component.length > 1) for (const each of component) found.add(each)
    }
  }
  return found
}

const noNodes: ReadonlySet<NodeId> = new Set()

/** Wires from or to a node that is gone lead nowhere. */
function successors(graph: ProgramGraph): ReadonlyMap<NodeId, ReadonlySet<NodeId>> {
  const next = new Map<NodeId, Set<NodeId>>(graph.nodes.map(({ id }) => [id, new Set()]))
  for (const { from, to } of graph.edges) if (next.has(to.node)) next.get(from.node)?.add(to.node)
  return next
}

function sourcesOf(graph: ProgramGraph): ReadonlyMap<NodeId, ReadonlySet<NodeId>> {
  const sources = new Map<NodeId, Set<NodeId>>(graph.nodes.map(({ id }) => [id, new Set()]))
  for (const { from, to } of graph.edges) sources.get(to.node)?.add(from.node)
  return sources
}

function spread(from: Iterable<NodeId>, links: ReadonlyMap<NodeId, ReadonlySet<NodeId>>): ReadonlySet<NodeId> {
  // A set that is walked while it grows ends when nothing new comes.
  const reached = new Set(from)
  for (const id of reached) for (const next of links.get(id) ?? noNodes) reached.add(next)
  return reached
}
