import type { CallRange } from '../lm/call-range'
import { moduleKind, stepOf } from '../modules/registry'
import type { PredictorSlot, StepNode } from '../modules/step'
import { pythonName } from '../signature/python-name'
import type { Signature } from '../signature/signature'
import { topologicalOrder } from '../program/order'
import type { NodeId, PredictorId, PredictorState, ProgramGraph, ProgramState, SignatureNode } from '../program/program'

/** One place of a program where a model is asked. */
export interface Predictor {
  readonly id: PredictorId
  readonly node: SignatureNode
  /** Which predictor of its step; empty for the main one. */
  readonly key: string
  /** What it is called beside others of its step; empty for the only one. */
  readonly slotTitle: string
  /** Requests of one run of the program. */
  readonly calls: CallRange
  readonly defaultInstructions: string
  /** Its name in DSPy's saved state: `classify`, `answer.predict`. */
  readonly dspyName: string
  /** True where DSPy's own module has no such predictor. */
  readonly isOnlyHere: boolean
  /** The instructions that optimizers and users write, without what the step adds when it asks. */
  instructions(state: ProgramState): string
  /** What it prompts with under this state. The same predictor state gives the same object. */
  signature(state: ProgramState): Signature
}

/** Every predictor, in execution order. */
export function predictorsOf(graph: ProgramGraph): readonly Predictor[] {
  const known = predictorsByGraph.get(graph)
  if (known) return known
  const taken = new Set<string>()
  const predictors = topologicalOrder(graph).flatMap(node => {
    const kind = node.kind === 'signature' ? moduleKind(node.module) : undefined
    if (node.kind !== 'signature' || kind === undefined) return []
    const attribute = pythonName(node.name, taken)
    taken.add(attribute)
    return kind.slots(node).map(slot => predictorOf(node, slot, slot.dspyPath ? `${attribute}.${slot.dspyPath}` : attribute))
  })
  predictorsByGraph.set(graph, predictors)
  return predictors
}

/** The predictors of one step; the same array for the same graph. */
export function predictorsOfNode(graph: ProgramGraph, node: NodeId): readonly Predictor[] {
  let byNode = byNodeOfGraph.get(graph)
  if (byNode === undefined) {
    byNode = new Map()
    for (const predictor of predictorsOf(graph)) byNode.set(predictor.node.id, [...(byNode.get(predictor.node.id) ?? []), predictor])
    byNodeOfGraph.set(graph, byNode)
  }
  return byNode.get(node) ?? noPredictors
}
const byNodeOfGraph = new WeakMap<ProgramGraph, Map<NodeId, readonly Predictor[]>>()
const noPredictors: readonly Predictor[] = []

/** What a predictor is called beside the others of its step. */
export function predictorTitle({ slotTitle, key }: Pick<Predictor, 'slotTitle' | 'key'>): string {
  return slotTitle || key || 'main'
}

/** Graphs are never changed in place, so what was derived from one stays true. */
const predictorsByGraph = new WeakMap<ProgramGraph, readonly Predictor[]>()

/** The id of the predictor with this key. */
export function predictorIdOf(node: NodeId, key: string): PredictorId {
  return key === '' ? node : `${node}.${key}`
}

/** Requests of one run of the program that one of its places makes. */
export interface PlaceCalls {
  readonly node: StepNode
  /** Which predictor of its step, or that the step asks it besides; empty for the only one. */
  readonly title: string
  readonly calls: CallRange
}

/** Where one run of the program asks models, in execution order; without embeddings. */
export function callsByPlace(graph: ProgramGraph): readonly PlaceCalls[] {
  return topologicalOrder(graph).flatMap((node): readonly PlaceCalls[] => {
    const step = stepOf(node)
    if (step === undefined) return []
    const slots = step.kind.slots(step.node).map(({ title, calls }) => ({ node: step.node, title, calls }))
    const own = step.kind.ownCalls(step.node)
    return own.high > 0 ? [...slots, { node: step.node, title: 'own questions', calls: own }] : slots
  })
}

/** Requests of one run of the program, without those for embeddings. */
export function callsOfRun(graph: ProgramGraph): CallRange {
  const own = callsByPlace(graph).map(({ calls }) => calls)
  const sum = (part: 'low' | 'expected' | 'high'): number => own.reduce((total, range) => total + range[part], 0)
  return { low: sum('low'), expected: sum('expected'), high: sum('high') }
}

function predictorOf(node: SignatureNode, slot: PredictorSlot, dspyName: string): Predictor {
  const signatures = new WeakMap<PredictorState, Signature>()
  const id = predictorIdOf(node.id, slot.key)
  const instructions = (state: ProgramState): string => state[id]?.instructions ?? slot.defaultInstructions
  return {
    id,
    node,
    key: slot.key,
    slotTitle: slot.title,
    calls: slot.calls,
    defaultInstructions: slot.defaultInstructions,
    dspyName,
    isOnlyHere: slot.isOnlyHere === true,
    instructions,
    signature(state) {
      const own = state[id]
      if (own === undefined) return slot.signature(slot.defaultInstructions)
      let signature = signatures.get(own)
      if (signature === undefined) signatures.set(own, (signature = slot.signature(own.instructions)))
      return signature
    },
  }
}
