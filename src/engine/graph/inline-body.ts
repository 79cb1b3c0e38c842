import { bodiesOf, bodyPath, bodyState } from '../program/bodies'
import { isInputNode, isOutputNode } from '../program/ends'
import type { Body, Edge, EdgeEnd, NodeId, PredictorId, Program, ProgramGraph, ProgramNode, StepNode } from '../program/program'

export interface InlinedBody extends Program {
  /** Ids that the nodes of the body have now, by those they had in it. */
  readonly ids: ReadonlyMap<NodeId, NodeId>
}

/**
 * The program with one body in place of the step that runs it: its steps are steps of the program, wired as the step was. Ids and names
 * stay where they are free. What the step says of locks and adapters goes over to its steps. Undefined where there is no such body.
 */
export function inlineBody({ graph, state }: Program, nodeId: NodeId, bodyId: string): InlinedBody | undefined {
  const node = graph.nodes.find((each): each is StepNode => each.id === nodeId && 'bodies' in each)
  const body = bodiesOf(node).find(({ id }) => id === bodyId)
  if (node === undefined || body === undefined) return undefined
  const others = graph.nodes.filter(each => each !== node)
  const inner = body.graph.nodes.filter((each): each is StepNode => !isInputNode(each) && !isOutputNode(each))
  const ids = freed(
    inner.map(({ id }) => id),
    others.map(({ id }) => id),
  )
  const names = freed(
    inner.map(({ name }) => name),
    others.map(({ name }) => name),
  )
  const steps = inner.map(step => ({
    ...takenOver(step, node, body, graph),
    id: ids.get(step.id) ?? step.id,
    name: names.get(step.name) ?? step.name,
  }))
  const at = graph.nodes.indexOf(node)
  return {
    graph: {
      ...graph,
      nodes: [...graph.nodes.slice(0, at), ...steps, ...graph.nodes.slice(at + 1)],
      edges: edgesOf(graph, node, body, ids),
    },
    state: {
      ...Object.fromEntries(Object.entries(state).filter(([id]) => !isOf(id, nodeId))),
      ...Object.fromEntries(
        Object.entries(bodyState(state, bodyPath(nodeId, bodyId))).map(([id, learned]) => {
          const step = inner.find(each => isOf(id, each.id))?.id ?? ''
          return [(ids.get(step) ?? '') + id.slice(step.length), learned]
        }),
      ),
    },
    ids,
  }
}

/** Whether a predictor is of this node, or within it. */
function isOf(predictor: PredictorId, node: NodeId): boolean {
  return predictor === node || predictor.startsWith(`${node}.`) || predictor.startsWith(`${node}/`)
}

function takenOver(step: StepNode, { locks, adapter }: StepNode, { graph }: Body, outer: ProgramGraph): StepNode {
  const inherited = graph.adapter ?? adapter
  return {
    ...step,
    ...((step.locks ?? locks) && { locks: { ...step.locks, ...locks } }),
    ...(step.adapter === undefined && inherited !== undefined && inherited !== outer.adapter && { adapter: inherited }),
  }
}

/** The same names but for those that are taken. */
function freed(wanted: readonly string[], taken: readonly string[]): ReadonlyMap<string, string> {
  const used = new Set(taken.map(name => name.toLowerCase()))
  const found = new Map<string, string>()
  for (const name of wanted) {
    let free = name
    for (let count = 2; used.has(free.toLowerCase()); count++) free = `${name}_${count}`
    used.add(free.toLowerCase())
    found.set(name, free)
  }
  return found
}

function edgesOf(graph: ProgramGraph, node: StepNode, body: Body, ids: ReadonlyMap<NodeId, NodeId>): readonly Edge[] {
  const kept = graph.edges.filter(({ from, to }) => from.node !== node.id && to.node !== node.id)
  const used = new Set(kept.map(({ id }) => id))
  const nodes = new Map(body.graph.nodes.map(each => [each.id, each]))
  const fieldName = (owner: ProgramNode | undefined, end: EdgeEnd): string | undefined =>
    owner?.fields.find(({ id }) => id === end.field)?.name
  const own = (end: EdgeEnd): EdgeEnd => ({ ...end, node: ids.get(end.node) ?? end.node })
  /** Where a value comes from, or goes to, outside of the body. */
  const sources = (end: EdgeEnd): readonly EdgeEnd[] => {
    const owner = nodes.get(end.node)
    if (owner === undefined || !isInputNode(owner)) return [own(end)]
    const name = fieldName(owner, end)
    return graph.edges.flatMap(({ from, to }) => (to.node === node.id && fieldName(node, to) === name ? [from] : []))
  }
  const targets = (end: EdgeEnd): readonly EdgeEnd[] => {
    const owner = nodes.get(end.node)
    if (owner === undefined || !isOutputNode(owner)) return [own(end)]
    const name = fieldName(owner, end)
    return graph.edges.flatMap(({ from, to }) => (from.node === node.id && fieldName(node, from) === name ? [to] : []))
  }
  const made = body.graph.edges.flatMap(edge =>
    sources(edge.from).flatMap(from =>
      targets(edge.to).map((to): Edge => {
        let id = edge.id
        for (let count = 2; used.has(id); count++) id = `${edge.id}_${count}`
        used.add(id)
        return { id, from, to }
      }),
    ),
  )
  return [...kept, ...made]
}
