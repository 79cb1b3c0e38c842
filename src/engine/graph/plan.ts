import type { FieldId } from '../signature/signature'
import { needStepOf } from '../modules/registry'
import type { StepKind } from '../modules/step'
import type { StepNode } from '../program/program'
import { graphOrder } from '../program/order'
import { bodyGraph } from '../program/bodies'
import { isInputNode, isOutputNode } from '../program/ends'
import { inputFields, nodeById, outputFields, sourceField } from './ports'
import { predictorsOfNode, type Predictor } from './predictors'
import type { Field } from '../signature/signature'
import type { NodeId, ProgramGraph, ProgramNode, BodyId } from '../program/program'

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
  readonly bodies: ReadonlyMap<BodyId, PlannedBody>
}

export interface PlannedBody {
  readonly name: string
  /** As it runs: see `bodyGraph`. */
  readonly graph: ProgramGraph
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
  const planned = (node: ProgramNode): readonly PlannedNode[] => {
    const step = needStepOf(node)
    if (step === undefined) return []
    const own = predictorsOfNode(graph, node.id).map((predictor): [string, Predictor] => [predictor.key, predictor])
    const { kind } = step
    const bodies = kind.bodies(step.node).map(({ body }): [BodyId, PlannedBody] => {
      return [body.id, { name: body.name, graph: bodyGraph(graph, step.node, body) }]
    })
    const isSingleCall = own.length === 1 && own[0]?.[1].calls.high === 1 && kind.ownCalls(step.node).high === 0
    return [
      {
        node: step.node,
        kind,
        isSingleCall,
        wires: wiresOf(graph, node),
        outputs: outputFields(node),
        predictors: new Map(own),
        bodies: new Map(bodies),
      },
    ]
  }
  return {
    layers: order.layers.map(layer => layer.flatMap(planned)).filter(layer => layer.length > 0),
    inputs: nodes.flatMap(node => (isInputNode(node) ? outputFields(node).map(field => ({ node: node.id, field })) : [])),
    outputs: nodes.flatMap(node => (isOutputNode(node) ? [{ node: node.id, wires: wiresOf(graph, node) }] : [])),
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
