import { Graph, layout } from '@dagrejs/dagre'
import type { NodeId, ProgramGraph, ProgramNode } from '@/engine/program/program'
import { inputFields, outputFields } from '@/engine/graph/ports'
import { stepOf } from '@/engine/modules/registry'
import type { Position } from '@/engine/project/project'

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
  const step = stepOf(node)
  const foot = step === undefined ? 0 : step.slots().length > 0 ? 64 : 32
  return headerHeight + rows * rowHeight + foot
}
