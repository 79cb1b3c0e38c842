import type { FieldId } from '../signature/signature'
import { needStepOf } from '../modules/registry'
import type { StepKind, StepNode } from '../modules/step'
import { graphOrder } from '../program/order'
import { inputFields, nodeById, outputFields, sourceField } from './ports'
import { predictorsOf, type Predictor } from './predictors'
import type { Field } from '../signature/signature'
import type { NodeId, ProgramGraph, ProgramNode } from '../program/program'

/** Where one input of a node gets its value. */
export interface Wire {
  readonly field: Field
  readonly from: NodeId
  readonly name: string
}

/** A node with its wires looked up once, so that a rollout does not search the graph. */
export interface PlannedNode {
  readonly node: StepNode
  readonly kind: StepKind
  /** True for a step that makes one request of one predictor: its span and the predictor's are one. */
  readonly isSingleCall: boolean
  readonly wires: readonly Wire[]
  readonly outputs: readonly Field[]
  /** Its predictors by key. */
  readonly predictors: ReadonlyMap<string, Predictor>
}

export interface ExecutionPlan {
  readonly layers: readonly (readonly PlannedNode[])[]
  readonly inputs: readonly { readonly node: NodeId; readonly field: Field }[]
  readonly outputs: readonly { readonly node: NodeId; readonly wires: readonly Wire[] }[]
}

/** How a graph runs. The same graph object gives the same plan object. */
export function planOf(graph: ProgramGraph): ExecutionPlan {
  let plan = plans.get(graph)
  if (plan === undefined) plans.set(graph, (plan = makePlan(graph)))
  return plan
}

/** Graphs are never changed in place. */
const plans = new WeakMap<ProgramGraph, ExecutionPlan>()

function makePlan(graph: ProgramGraph): ExecutionPlan {
  const order = graphOrder(graph)
  const nodes = order.layers.flat()
  const predictors = predictorsOf(graph)
  const planned = (node: ProgramNode): readonly PlannedNode[] => {
    const step = needStepOf(node)
    if (step === undefined) return []
    const own = predictors.filter(predictor => predictor.node === node).map((predictor): [string, Predictor] => [predictor.key, predictor])
    const { kind } = step
    const isSingleCall = own.length === 1 && own[0]?.[1].calls.high === 1 && kind.ownCalls(step.node).high === 0
    return [{ node: step.node, kind, isSingleCall, wires: wiresOf(graph, node), outputs: outputFields(node), predictors: new Map(own) }]
  }
  return {
    layers: order.layers.map(layer => layer.flatMap(planned)).filter(layer => layer.length > 0),
    inputs: nodes.flatMap(node => (node.kind === 'input' ? outputFields(node).map(field => ({ node: node.id, field })) : [])),
    outputs: nodes.flatMap(node => (node.kind === 'output' ? [{ node: node.id, wires: wiresOf(graph, node) }] : [])),
  }
}

function wiresOf(graph: ProgramGraph, node: ProgramNode): readonly Wire[] {
  return inputFields(node).flatMap(field => wireOf(graph, node.id, field.id, field))
}

function wireOf(graph: ProgramGraph, node: NodeId, id: FieldId, field: Field): readonly Wire[] {
  const edge = graph.edges.find(one => one.to.node === node && one.to.field === id)
  const source = edge && sourceField(graph, edge.from)
  if (edge === undefined || source === undefined || nodeById(graph, edge.from.node) === undefined) return []
  return [{ field, from: edge.from.node, name: source.name }]
}
