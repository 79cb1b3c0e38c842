import { Graph, layout } from '@dagrejs/dagre'
import { bodyPath } from '@/engine/graph/bodies'
import type { NodeId, ProgramGraph, ProgramNode, StepPath } from '@/engine/graph/program'
import { inputFields, outputFields } from '@/engine/graph/ports'
import { knownStepOf } from '@/engine/modules/registry'
import type { Position, Project } from '@/engine/project/project'

const nodeWidth = 260
const headerHeight = 72
const rowHeight = 26

/** Positions (top left corners) that read from left to right, by estimated node sizes. */
export function layoutGraph(graph: ProgramGraph): Record<NodeId, Position> {
  const sheet = new Graph()
  sheet.setGraph({ rankdir: 'LR', nodesep: 40, ranksep: 64, marginx: 40, marginy: 40 })
  sheet.setDefaultEdgeLabel(() => ({}))
  for (const node of graph.nodes) sheet.setNode(node.id, { width: nodeWidth, height: estimatedHeight(node) })
  for (const edge of graph.edges) sheet.setEdge(edge.from.node, edge.to.node)
  layout(sheet)
  return Object.fromEntries(
    graph.nodes.map(node => {
      const box = sheet.node(node.id)
      // dagre places centres.
      return [node.id, { x: Math.round(box.x - box.width / 2), y: Math.round(box.y - box.height / 2) }]
    }),
  )
}

/** Height of the node as the canvas draws it: a header, a foot for nodes that compute, and a row a field. */
function estimatedHeight(node: ProgramNode): number {
  const rows = inputFields(node).length + outputFields(node).length
  const step = knownStepOf(node)
  const foot = step === undefined ? 0 : step.kind.slots(step.node).length > 0 ? 64 : 32
  return headerHeight + rows * rowHeight + foot
}

/**
 * Positions for a program that takes the place of another: nodes that were there stay where they were, also those that are now in a
 * body, unless some of a graph are new; then that graph is laid out anew.
 */
export function keptLayout(graph: ProgramGraph, before: Project['layout'], start = ''): Record<StepPath, Position> {
  const known = (id: NodeId): Position | undefined => before[start + id] ?? before[id]
  const isKnown = graph.nodes.every(({ id }) => known(id) !== undefined)
  const made = isKnown ? {} : layoutGraph(graph)
  const own = graph.nodes.map(({ id }): [StepPath, Position] => [start + id, (isKnown ? known(id) : made[id]) ?? { x: 0, y: 0 }])
  const inner = graph.nodes.flatMap(node =>
    'bodies' in node ? (node.bodies ?? []).map(body => keptLayout(body.graph, before, `${start}${bodyPath(node.id, body.id)}/`)) : [],
  )
  return Object.assign(Object.fromEntries(own), ...inner)
}
