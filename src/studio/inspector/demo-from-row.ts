import type { Json } from '@/lib/json'
import type { Example, Values } from '@/engine/base/example'
import { graphAt, pathWithin, stagesOf, type BodyPath } from '@/engine/program/bodies'
import type { Demo, Edge, NodeId, ProgramGraph, StepPath } from '@/engine/program/program'
import { isInputNode, isOutputNode } from '@/engine/program/ends'
import { outputFields } from '@/engine/graph/ports'
import type { Field } from '@/engine/signature/signature'
import type { NodeRun } from '@/state/runs/live/live-run'

/** A value of an inner node's field, or where it would come from. */
export type FieldSource = { readonly value: Json } | { readonly missing: string }

interface About {
  readonly example?: Example | undefined
  /** How far each node got in the last run of that row, by its path. */
  readonly nodes?: Readonly<Record<StepPath, NodeRun>> | undefined
}

/**
 * What feeds the inputs of a node for a row: program inputs come from the row, the rest from what the nodes before it gave in the last
 * run. `missing` names the place a value would come from. Of a node within a step, what feeds that step comes first.
 */
export function inputSources(graph: ProgramGraph, step: StepPath, about: About): Readonly<Record<string, FieldSource>> {
  const { graph: own, node, within, given } = placeOf(graph, step, about)
  return sourcesIn(own, node, { within, given, nodes: about.nodes })
}

/** What a dataset row can say about a demo of this node: wired inputs, and labels with the names of its outputs. */
export function demoFromRow(
  graph: ProgramGraph,
  step: StepPath,
  fields: readonly Field[],
  about: About & { readonly example: Example },
): Demo {
  const { graph: own, node, labels } = placeOf(graph, step, about)
  const sources = inputSources(graph, step, about)
  const demo: Record<string, Json> = {}
  for (const field of fields) {
    const source = sources[field.name]
    const value = field.role === 'input' ? (source && 'value' in source ? source.value : undefined) : labelFor(own, node, field, labels)
    if (value !== undefined && value !== null) demo[field.name] = value
  }
  return demo
}

/** Where a node stands: its graph, and what the row brings there. */
interface Place {
  readonly graph: ProgramGraph
  readonly node: NodeId
  readonly within?: BodyPath | undefined
  /** What enters that graph, by name. */
  readonly given: Readonly<Record<string, FieldSource>>
  readonly labels: Values
}

/** Goes from step to step: what a step is given enters its program, and its labels are those of the fields it is wired to. */
function placeOf(graph: ProgramGraph, step: StepPath, { example, nodes }: About): Place {
  let place: Place = {
    graph,
    node: step,
    given: Object.fromEntries(Object.entries(example?.inputs ?? {}).map(([name, value]) => [name, { value }])),
    labels: example?.labels ?? {},
  }
  const parent = step.includes('/') ? step.slice(0, step.lastIndexOf('/')) : undefined
  for (const { node, path } of stagesOf(parent)) {
    const { given, labels, within } = place
    const outer = place.graph
    const outputs = outer.nodes.find(({ id }) => id === node)?.fields.filter(({ role }) => role === 'output') ?? []
    const named = outputs.flatMap(field => {
      const label = labelFor(outer, node, field, labels)
      return label === undefined ? [] : [[field.name, label] as const]
    })
    place = {
      graph: graphAt(graph, path) ?? outer,
      node: step.slice(path.length + 1),
      within: path,
      given: sourcesIn(outer, node, { given, within, nodes }),
      labels: { ...labels, ...Object.fromEntries(named) },
    }
  }
  return place
}

function sourcesIn(
  graph: ProgramGraph,
  node: NodeId,
  from: Pick<Place, 'given' | 'within'> & Pick<About, 'nodes'>,
): Readonly<Record<string, FieldSource>> {
  const inputs = graph.nodes.find(each => each.id === node)?.fields.filter(field => field.role === 'input') ?? []
  return Object.fromEntries(inputs.map(field => [field.name, sourceOf(graph, node, field, from)]))
}

/** Of several wires, of which a branch lets one bring a value, that one. */
function sourceOf(
  graph: ProgramGraph,
  nodeId: NodeId,
  field: Field,
  about: Pick<Place, 'given' | 'within'> & Pick<About, 'nodes'>,
): FieldSource {
  const edges = graph.edges.filter(each => each.to.node === nodeId && each.to.field === field.id)
  const sources = edges.map(edge => broughtBy(graph, edge, about))
  return sources.find(source => 'value' in source) ?? sources[0] ?? { missing: 'nothing feeds this field' }
}

function broughtBy(
  graph: ProgramGraph,
  { from: end }: Edge,
  { given, within, nodes }: Pick<Place, 'given' | 'within'> & Pick<About, 'nodes'>,
): FieldSource {
  const from = graph.nodes.find(each => each.id === end.node)
  const out = from && outputFields(from).find(each => each.id === end.field)
  if (!from || !out) return { missing: 'nothing feeds this field' }
  const missing = { missing: `${out.name} from ${from.name}` }
  if (isInputNode(from)) return given[out.name] ?? missing
  const value = nodes?.[pathWithin(within, from.id)]?.outputs?.[out.name]
  return value === undefined ? missing : { value }
}

/** The label of an output: by the program output it is wired to, else by its own name. */
function labelFor(graph: ProgramGraph, nodeId: NodeId, field: Field, labels: Values): Json | undefined {
  const edge = graph.edges.find(
    each =>
      each.from.node === nodeId && each.from.field === field.id && graph.nodes.some(node => node.id === each.to.node && isOutputNode(node)),
  )
  const returned = graph.nodes.find(node => node.id === edge?.to.node)?.fields.find(each => each.id === edge?.to.field)
  return labels[returned?.name ?? field.name] ?? labels[field.name]
}
