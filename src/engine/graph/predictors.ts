import { moduleKind } from '../modules/registry'
import { defaultInstructions } from '../signature/default-instructions'
import { pythonName } from '../signature/python-name'
import type { Signature } from '../signature/signature'
import { topologicalOrder } from './order'
import type { PredictorId, PredictorState, ProgramGraph, ProgramState, SignatureNode } from './program'

/** One place of a program where a model is asked. */
export interface Predictor {
  readonly id: PredictorId
  readonly node: SignatureNode
  /** Which predictor of its module; empty for the only one. */
  readonly key: string
  /** Its name in DSPy's saved state: `classify`, `answer.predict`. */
  readonly dspyName: string
  /** What it prompts with under this state. The same predictor state gives the same object. */
  signature(state: ProgramState): Signature
}

/** Every predictor, in execution order. */
export function predictorsOf(graph: ProgramGraph): readonly Predictor[] {
  const known = predictorsByGraph.get(graph)
  if (known) return known
  const taken = new Set<string>()
  const predictors = topologicalOrder(graph).flatMap(node => {
    if (node.kind !== 'signature') return []
    const attribute = pythonName(node.name, taken)
    taken.add(attribute)
    return moduleKind(node.module).predictors.map(({ key, dspyPath }) =>
      predictorOf(node, key, dspyPath ? `${attribute}.${dspyPath}` : attribute),
    )
  })
  predictorsByGraph.set(graph, predictors)
  return predictors
}

/** Graphs are never changed in place, so what was derived from one stays true. */
const predictorsByGraph = new WeakMap<ProgramGraph, readonly Predictor[]>()

function predictorOf(node: SignatureNode, key: string, dspyName: string): Predictor {
  const module = moduleKind(node.module)
  const signatures = new WeakMap<PredictorState, Signature>()
  const id = key === '' ? node.id : `${node.id}.${key}`
  const build = (instructions: string): Signature => module.signatureOf(key, { instructions, fields: node.fields })
  return {
    id,
    node,
    key,
    dspyName,
    signature(state) {
      const own = state[id]
      if (own === undefined) return build(defaultInstructions(node.fields))
      let signature = signatures.get(own)
      if (signature === undefined) signatures.set(own, (signature = build(own.instructions)))
      return signature
    },
  }
}
