import type { Json } from '@/lib/json'
import type { Example } from '@/engine/base/example'
import type { Demo, NodeId, ProgramGraph } from '@/engine/program/program'
import { outputFields } from '@/engine/graph/ports'
import type { Field } from '@/engine/signature/signature'
import type { NodeRun } from '@/state/runs/live/live-run'

/** A value of an inner node's field, or where it would come from. */
export type FieldSource = { readonly value: Json } | { readonly missing: string }

/**
 * What feeds a node's inputs for a row: program inputs come from the row, the rest from what the nodes before it gave in the last run.
 * `missing` names the place a value would come from.
 */
export function inputSources(
  graph: ProgramGraph,
  nodeId: NodeId,
  { example, nodes }: { example?: Example | undefined; nodes?: Readonly<Record<NodeId, NodeRun>> | undefined },
): Readonly<Record<string, FieldSource>> {
  const node = graph.nodes.find(each => each.id === nodeId)
  const inputs = node?.fields.filter(field => field.role === 'input') ?? []
  return Object.fromEntries(inputs.map(field => [field.name, sourceOf(graph, nodeId, field, example, nodes)]))
}

/** What a dataset row can say about a demo of this node: wired inputs, and labels with the names of its outputs. */
export function demoFromRow(
  graph: ProgramGraph,
  nodeId: NodeId,
  fields: readonly Field[],
  about: { example: Example; nodes?: Readonly<Record<NodeId, NodeRun>> | undefined },
): Demo {
  const sources = inputSources(graph, nodeId, about)
  const demo: Record<string, Json> = {}
  for (const field of fields) {
    const source = sources[field.name]
    const value =
      field.role === 'input' ? (source && 'value' in source ? source.value : undefined) : labelFor(graph, nodeId, field, about.example)
    if (value !== undefined && value !== null) demo[field.name] = value
  }
  return demo
}

function sourceOf(
  graph: ProgramGraph,
  nodeId: NodeId,
  field: Field,
  example: Example | undefined,
  nodes: Readonly<Record<NodeId, NodeRun>> | undefined,
): FieldSource {
  const edge = graph.edges.find(each => each.to.node === nodeId && each.to.field === field.id)
  const from = graph.nodes.find(each => each.id === edge?.from.node)
  const out = from && outputFields(from).find(each => each.id === edge?.from.field)
  if (!from || !out) return { missing: 'nothing feeds this field' }
  const value = from.kind === 'input' ? example?.inputs[out.name] : nodes?.[from.id]?.outputs?.[out.name]
  return value === undefined ? { missing: `${out.name} from ${from.name}` } : { value }
}

/** The label of an output: by the program output it is wired to, else by its own name. */
function labelFor(graph: ProgramGraph, nodeId: NodeId, field: Field, example: Example): Json | undefined {
  const edge = graph.edges.find(
    each =>
      each.from.node === nodeId &&
      each.from.field === field.id &&
      graph.nodes.some(node => node.id === each.to.node && node.kind === 'output'),
  )
  const returned = graph.nodes.find(node => node.id === edge?.to.node)?.fields.find(each => each.id === edge?.to.field)
  return example.labels[returned?.name ?? field.name] ?? example.labels[field.name]
}
