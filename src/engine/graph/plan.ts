import { needStepOf, stepOf, type Step } from '../modules/registry'
import { graphOrder } from '../program/order'
import { bodyGraph } from '../program/bodies'
import { isInputNode, isOutputNode } from '../program/ends'
import { inputFields, lookUp, outputFields } from './ports'
import { predictorsOfNode, type Predictor } from './predictors'
import type { Values } from '../base/example'
import { defaultsOf } from '../signature/defaults'
import type { Field } from '../signature/signature'
import type { BodyId, Edge, NodeId, ProgramGraph, ProgramNode } from '../program/program'

/** Where one input of a node gets its value; an input may have several, of which no two bring one in the same row. */
export interface Wire {
  readonly field: Field
  readonly from: NodeId
  readonly name: string
  /** True where the step it starts at gives only some of its outputs in a row. */
  readonly isChosen?: true
}

/** A step with its wires looked up once, so that a rollout does not search the graph. */
export interface PlannedNode extends Step {
  /** True for a step that makes one request of one predictor: its span and the predictor's are one. */
  readonly isSingleCall: boolean
  readonly wires: readonly Wire[]
  /** Inputs without whose value it does not run: those with wires and no default, where branches may leave one without. */
  readonly needs: readonly string[]
  /** What stands for inputs that nothing is wired to, by name. */
  readonly defaults: Values
  readonly outputs: readonly Field[]
  /** Its predictors by key. */
  readonly predictors: ReadonlyMap<string, Predictor>
  readonly plannedBodies: ReadonlyMap<BodyId, PlannedBody>
}

export interface PlannedBody {
  readonly name: string
  /** As it runs: see `bodyGraph`. */
  readonly graph: ProgramGraph
}

export interface ExecutionPlan {
  readonly layers: readonly (readonly PlannedNode[])[]
  readonly inputs: readonly { readonly node: NodeId; readonly field: Field }[]
  readonly outputs: readonly { readonly node: NodeId; readonly wires: readonly Wire[]; readonly defaults: Values }[]
}

/** How a graph runs. The same graph object gives the same plan object. */
export function planOf(graph: ProgramGraph): ExecutionPlan {
  let plan = plans.get(graph)
  if (plan === undefined) plans.set(graph, (plan = makePlan(graph)))
  return plan
}

/** Graphs are never changed in place. */
const plans = new WeakMap<ProgramGraph, ExecutionPlan>()

/** Outputs of the program that these values do not hold, since a branch went another way. */
export function absentOutputs(graph: ProgramGraph, values: Values): readonly string[] {
  const names = planOf(graph).outputs.flatMap(({ wires }) => wires.map(({ field }) => field.name))
  return [...new Set(names)].filter(name => !Object.hasOwn(values, name))
}

function makePlan(graph: ProgramGraph): ExecutionPlan {
  const order = graphOrder(graph)
  const nodes = order.layers.flat()
  const wiresOf = wireFinder(graph)
  const isBranched = graph.nodes.some(node => stepOf(node)?.choice() !== undefined)
  const planned = (node: ProgramNode): readonly PlannedNode[] => {
    const step = needStepOf(node)
    if (step === undefined) return []
    const own = predictorsOfNode(graph, node.id).map((predictor): [string, Predictor] => [predictor.key, predictor])
    const plannedBodies = step.bodies().map(({ body }): [BodyId, PlannedBody] => {
      return [body.id, { name: body.name, graph: bodyGraph(graph, step.node, body) }]
    })
    const isSingleCall = own.length === 1 && own[0]?.[1].calls.high === 1 && step.ownCalls().high === 0
    const wires = wiresOf(node)
    const defaults = defaultsOf(inputFields(node))
    const outputs = outputFields(node)
    const needs = isBranched ? [...new Set(wires.map(({ field }) => field.name))].filter(name => !Object.hasOwn(defaults, name)) : []
    return [{ ...step, isSingleCall, wires, needs, defaults, outputs, predictors: new Map(own), plannedBodies: new Map(plannedBodies) }]
  }
  return {
    layers: order.layers.map(layer => layer.flatMap(planned)).filter(layer => layer.length > 0),
    inputs: nodes.flatMap(node => (isInputNode(node) ? outputFields(node).map(field => ({ node: node.id, field })) : [])),
    outputs: nodes.flatMap(node =>
      isOutputNode(node) ? [{ node: node.id, wires: wiresOf(node), defaults: defaultsOf(inputFields(node)) }] : [],
    ),
  }
}

/** The wires into a node, each looked up once for the whole graph. */
function wireFinder(graph: ProgramGraph): (node: ProgramNode) => readonly Wire[] {
  const { source } = lookUp(graph)
  const edges = new Map<string, Edge[]>()
  for (const edge of graph.edges) {
    const end = `${edge.to.node} ${edge.to.field}`
    const known = edges.get(end)
    if (known) known.push(edge)
    else edges.set(end, [edge])
  }
  return node =>
    inputFields(node).flatMap(field =>
      (edges.get(`${node.id} ${field.id}`) ?? noEdges).flatMap(({ from }) => {
        const found = source(from)
        if (found === undefined) return []
        const isChosen = stepOf(found.node)?.choice() !== undefined
        return [{ field, from: found.node.id, name: found.field.name, ...(isChosen && { isChosen }) }]
      }),
    )
}

const noEdges: readonly Edge[] = []
