import type { Values } from '../base/example'
import { type CallRange, sumCalls, timesCalls } from '../lm/call-range'
import { stepOf, type Step } from '../modules/registry'
import type { PredictorSlot } from '../modules/step'
import { pythonName } from '../signature/python-name'
import type { Signature } from '../signature/signature'
import { adapterIdOf, requestsOf } from '../program/adapter-id'
import { topologicalOrder } from '../program/order'
import type { NodeId, PredictorId, PredictorState, ProgramGraph, ProgramState, StepNode, StepPath } from '../program/program'
import { bodyGraph, bodyPath } from '../program/bodies'
import { isAlways, presenceOf, type GraphPresence } from './presence'

/** One place of a program where a model is asked. */
export interface Predictor {
  readonly id: PredictorId
  readonly node: StepNode
  /** Where its step stands: the id of a node of the program itself, a longer path for one within a body. */
  readonly step: StepPath
  /** Its step for readers, with what that is within: `vote › Program 1 › classify`. */
  readonly stepName: string
  /** The graph its step is a node of, and the steps and graphs around that, the outermost first. */
  readonly graph: ProgramGraph
  readonly around: readonly Surrounding[]
  /** Which predictor of its step; empty for the main one. */
  readonly key: string
  /** What it is called beside others of its step; empty for the only one. */
  readonly slotTitle: string
  /** Requests of one run of the program. */
  readonly calls: CallRange
  readonly defaultInstructions: string
  /** Its name in DSPy's saved state: `classify`, `answer.predict`, `vote.programs[0].classify`. */
  readonly dspyName: string
  /**
   * All names it may have there, that one first: where a program or a body has one step that asks models, DSPy's own program may be that
   * step itself, without a module around it. Empty for a bare Predict.
   */
  readonly dspyNames: readonly string[]
  /** True where DSPy's own module has no such predictor. */
  readonly isOnlyHere: boolean
  /** Inputs that its step gives it, the same for every row. */
  readonly given: Values
  /** The instructions that optimizers and users write, without what the step adds when it asks. */
  instructions(state: ProgramState): string
  /** What it prompts with under this state. The same predictor state, or none, gives the same object. */
  signature(state: ProgramState): Signature
  /** The same as DSPy's own module says it. */
  dspySignature(state: ProgramState): Signature
}

/** A step that a predictor stands within, and the graph that one is a node of. */
export interface Surrounding {
  readonly graph: ProgramGraph
  readonly node: StepNode
}

/** Every predictor, in execution order; those of bodies where their step stands, body after body. */
export function predictorsOf(graph: ProgramGraph): readonly Predictor[] {
  let known = predictorsByGraph.get(graph)
  if (known === undefined) predictorsByGraph.set(graph, (known = predictorsIn(graph, topLevel)))
  return known
}

/** Whether an answer of any step is in plain words, and a second request reads it. */
export function isExtracting(graph: ProgramGraph): boolean {
  return predictorsOf(graph).some(({ graph: around, node }) => requestsOf(adapterIdOf(around, node)) > 1)
}

/** Graphs are never changed in place, so what was derived from one stays true. */
const predictorsByGraph = new WeakMap<ProgramGraph, readonly Predictor[]>()

/** Where a graph stands in its program. */
interface Place {
  /** Of the graph's steps: empty in the program itself. */
  readonly pathStart: string
  readonly nameStart: string
  /** What names in DSPy's saved state begin with: in a body several may be meant. */
  readonly dspyStarts: readonly string[]
  readonly around: readonly Surrounding[]
  readonly runs: CallRange
}
const topLevel: Place = { pathStart: '', nameStart: '', dspyStarts: [''], around: [], runs: { low: 1, expected: 1, high: 1 } }

function predictorsIn(graph: ProgramGraph, place: Place): readonly Predictor[] {
  const taken = new Set<string>()
  const presence = presenceOf(graph)
  const steps = topologicalOrder(graph).flatMap(node => stepOf(node) ?? [])
  const asking = steps.filter(step => step.slots().length > 0 || step.bodies().length > 0)
  return asking.flatMap(step => {
    const { node } = step
    // A copied node brings the path of its original, which stays the original's.
    const attribute = node.dspyPath !== undefined && !taken.has(node.dspyPath) ? node.dspyPath : pythonName(node.name, taken)
    taken.add(attribute)
    const forms = asking.length > 1 ? [attribute] : isWhole(step, steps) ? ['', attribute] : [attribute, '']
    const names = place.dspyStarts.flatMap(start => forms.map(form => joined(start, form))).slice(0, mostNames)
    const runs = runsOf(presence, node.id)
    const at = { graph, place: { ...place, runs: product(place.runs, runs) }, node }
    return [
      ...step.slots().map(slot =>
        predictorOf(
          at,
          slot,
          names.map(name => joined(name, slot.dspyPath)),
        ),
      ),
      ...step.bodies().flatMap(({ body, dspyPath, runs: each }) =>
        predictorsIn(bodyGraph(graph, node, body), {
          pathStart: `${bodyPath(place.pathStart + node.id, body.id)}/`,
          nameStart: `${place.nameStart}${node.name} › ${body.name} › `,
          dspyStarts: names.map(name => joined(name, dspyPath)),
          around: [...place.around, { graph, node }],
          runs: product(at.place.runs, each),
        }),
      ),
    ]
  })
}

/** Votes within votes double them at each level. */
const mostNames = 8

/** DSPy's program is then the ensemble itself, and not a module that holds one. */
function isWhole(step: Step, steps: readonly Step[]): boolean {
  return steps.length === 1 && step.slots().length === 0
}

function joined(start: string, path: string): string {
  return start === '' || path === '' ? start + path : `${start}.${path}`
}

/** How often a step runs in one run of its graph: less than once where a branch may go another way. */
function runsOf(presence: GraphPresence, node: NodeId): CallRange {
  const own = presence.node(node)
  return isAlways(own) ? topLevel.runs : { low: 0, expected: presence.share(own), high: own.length === 0 ? 0 : 1 }
}

function product(outer: CallRange, inner: CallRange): CallRange {
  return { low: outer.low * inner.low, expected: outer.expected * inner.expected, high: outer.high * inner.high }
}

/** The predictors of one step, without those of its bodies; the same array for the same graph. */
export function predictorsOfNode(graph: ProgramGraph, step: StepPath): readonly Predictor[] {
  let byStep = byStepOfGraph.get(graph)
  if (byStep === undefined) {
    byStep = new Map()
    for (const predictor of predictorsOf(graph)) byStep.set(predictor.step, [...(byStep.get(predictor.step) ?? []), predictor])
    byStepOfGraph.set(graph, byStep)
  }
  return byStep.get(step) ?? noPredictors
}
const byStepOfGraph = new WeakMap<ProgramGraph, Map<StepPath, readonly Predictor[]>>()
const noPredictors: readonly Predictor[] = []

/** The predictors of one node of the program, and all those within it. */
export function predictorsWithin(graph: ProgramGraph, node: NodeId): readonly Predictor[] {
  return predictorsOf(graph).filter(({ step }) => step === node || step.startsWith(`${node}/`))
}

/** What a predictor is called beside the others of its step. */
export function predictorTitle({ slotTitle, key }: Pick<Predictor, 'slotTitle' | 'key'>): string {
  return slotTitle || key || 'main'
}

/** The id of the predictor with this key. */
export function predictorIdOf(step: StepPath, key: string): PredictorId {
  return key === '' ? step : `${step}.${key}`
}

/** Requests of one run of the program that one of its places makes. */
export interface PlaceCalls {
  readonly step: StepPath
  /** With what it is within: `vote › Program 1 › classify`. */
  readonly stepName: string
  /** Which predictor of its step, or that the step also asks it; empty for the only one. */
  readonly title: string
  readonly calls: CallRange
}

/** Where one run of the program asks models, in execution order; without embeddings. */
export function callsByPlace(graph: ProgramGraph): readonly PlaceCalls[] {
  return callsIn(graph, topLevel)
}

function callsIn(graph: ProgramGraph, { pathStart, nameStart, runs: around }: Omit<Place, 'dspyStarts' | 'around'>): readonly PlaceCalls[] {
  const presence = presenceOf(graph)
  return topologicalOrder(graph).flatMap((node): readonly PlaceCalls[] => {
    const bound = stepOf(node)
    if (bound === undefined) return []
    const step = pathStart + node.id
    const stepName = nameStart + node.name
    const runs = product(around, runsOf(presence, node.id))
    const own = bound.ownCalls()
    const each = requestsOf(adapterIdOf(graph, node))
    return [
      ...bound.slots().map(({ title, calls }) => ({ step, stepName, title, calls: product(runs, timesCalls(calls, each)) })),
      ...(own.high > 0 ? [{ step, stepName, title: 'own questions', calls: product(runs, timesCalls(own, each)) }] : []),
      ...bound.bodies().flatMap(({ body, runs: each }) =>
        callsIn(bodyGraph(graph, bound.node, body), {
          pathStart: `${bodyPath(step, body.id)}/`,
          nameStart: `${stepName} › ${body.name} › `,
          runs: product(runs, each),
        }),
      ),
    ]
  })
}

/** Requests of one run of the program, without those for embeddings. */
export function callsOfRun(graph: ProgramGraph): CallRange {
  let known = callsByGraph.get(graph)
  if (known === undefined) callsByGraph.set(graph, (known = whole(sumCalls(topologicalOrder(graph).map(node => callsOfStep(graph, node))))))
  return known
}
const callsByGraph = new WeakMap<ProgramGraph, CallRange>()

function callsOfStep(graph: ProgramGraph, node: ProgramGraph['nodes'][number]): CallRange {
  const step = stepOf(node)
  if (step === undefined) return sumCalls([])
  const each = step.bodies().map(({ body }) => callsOfRun(bodyGraph(graph, step.node, body)))
  const own = sumCalls([step.ownCalls(), ...step.slots().map(({ calls }) => calls)])
  const once = sumCalls([timesCalls(own, requestsOf(adapterIdOf(graph, step.node))), step.bodyCalls(each)])
  return product(runsOf(presenceOf(graph), node.id), once)
}

/** Steps that run in a part of the rows make a part of a request. */
function whole({ low, expected, high }: CallRange): CallRange {
  return { low, expected: Math.round(expected), high }
}

interface PredictorPlace {
  readonly graph: ProgramGraph
  readonly place: Place
  readonly node: StepNode
}

function predictorOf({ graph, place, node }: PredictorPlace, slot: PredictorSlot, dspyNames: readonly string[]): Predictor {
  const signatures = new WeakMap<PredictorState, Signature>()
  let untouched: Signature | undefined
  const step = place.pathStart + node.id
  const id = predictorIdOf(step, slot.key)
  const instructions = (state: ProgramState): string => state[id]?.instructions ?? slot.defaultInstructions
  const signature = (state: ProgramState): Signature => {
    const own = state[id]
    if (own === undefined) return (untouched ??= slot.signature(slot.defaultInstructions))
    let known = signatures.get(own)
    if (known === undefined) signatures.set(own, (known = slot.signature(own.instructions)))
    return known
  }
  return {
    id,
    node,
    step,
    stepName: place.nameStart + node.name,
    graph,
    around: place.around,
    key: slot.key,
    slotTitle: slot.title,
    calls: product(place.runs, timesCalls(slot.calls, requestsOf(adapterIdOf(graph, node)))),
    defaultInstructions: slot.defaultInstructions,
    dspyName: dspyNames[0] ?? '',
    dspyNames,
    isOnlyHere: slot.isOnlyHere === true,
    given: slot.given ?? {},
    instructions,
    signature,
    dspySignature: state => slot.dspySignature?.(instructions(state)) ?? signature(state),
  }
}
