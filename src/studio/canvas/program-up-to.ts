import type { Edge, NodeId, ProgramGraph } from '@/engine/program/program'
import { outputFields } from '@/engine/graph/ports'
import { predictorsOf } from '@/engine/graph/predictors'
import { isStepNode } from '@/engine/modules/registry'

/**
 * The program cut off behind one node: the node, what leads to it, and an Output that returns all it gives. Undefined where that is no
 * program of its own, since it asks no model.
 */
export function programUpTo(graph: ProgramGraph, nodeId: NodeId): ProgramGraph | undefined {
  const last = graph.nodes.find(node => node.id === nodeId)
  if (!last || !isStepNode(last)) return undefined
  const kept = new Set([nodeId])
  // Each pass takes in the sources of what is kept; a set that is walked while it grows ends when nothing new comes.
  for (const id of kept) for (const edge of graph.edges) if (edge.to.node === id) kept.add(edge.from.node)
  const nodes = graph.nodes.filter(node => kept.has(node.id))
  if (predictorsOf({ nodes, edges: [] }).length === 0) return undefined
  const given = outputFields(last)
  const end = `${nodeId}:end`
  const edges: Edge[] = given.map(field => ({
    id: `${end}:${field.id}`,
    from: { node: nodeId, field: field.id },
    to: { node: end, field: `${end}:${field.id}` },
  }))
  const fields = given.map(field => ({ ...field, id: `${end}:${field.id}`, role: 'input' as const }))
  return {
    nodes: [...nodes, { kind: 'output', id: end, name: `Output of ${last.name}`, fields }],
    edges: [...graph.edges.filter(edge => kept.has(edge.from.node) && kept.has(edge.to.node)), ...edges],
  }
}
