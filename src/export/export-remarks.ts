import { defaultAdapterId } from '@/engine/program/adapter-id'
import { adapterFor } from '@/engine/adapters/registry'
import { predictorsOf } from '@/engine/graph/predictors'
import type { ModelId, Program, ProgramGraph } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import { stepOf, type Step } from '@/engine/modules/registry'

/** What of a program DSPy's state file cannot say, and what stands in the file instead. Empty where the file says it all. */
export function dspyRemarks({ graph, state }: Program): readonly string[] {
  const steps = stepsOf(graph)
  const own = stepsWithin(graph).flatMap(
    step => step.kind.dspyRemarks?.(step.node, steps.length === 1 && step.node === steps[0]?.node) ?? [],
  )
  const picking = predictorsOf(graph).flatMap(({ id, stepName }) => {
    const { nearest, demos = [] } = state[id] ?? {}
    if (nearest === undefined || demos.length === 0) return []
    return demos.length <= nearest.k
      ? [`"${stepName}" shows the demos most like its inputs first. DSPy shows the same ${demos.length} in the same order in every prompt.`]
      : [
          `"${stepName}" picks ${nearest.k} of ${demos.length} demos for each call, those most like its inputs. DSPy shows every demo of its file in every prompt, so the file gets ${nearest.k} that stand for all ${demos.length}. Its score there may be lower.`,
        ]
  })
  return [...own, ...picking, ...adapterRemarks(graph)]
}

function stepsOf(graph: ProgramGraph): readonly Step[] {
  return graph.nodes.flatMap(node => stepOf(node) ?? [])
}

/** The steps of the program and of all bodies in it. */
function stepsWithin(graph: ProgramGraph): readonly Step[] {
  return stepsOf(graph).flatMap(step => [step, ...step.kind.bodies(step.node).flatMap(({ body }) => stepsWithin(body.graph))])
}

/** DSPy's file holds no adapter: whoever loads it configures the one the program was compiled with. */
function adapterRemarks(graph: ProgramGraph): readonly string[] {
  const common = adapterFor(graph)
  const whole = `The adapter is no part of DSPy’s file. Before the program runs, call dspy.configure(adapter=dspy.${common.dspyName}()).`
  const own = predictorsOf(graph).flatMap(({ graph: around, node, stepName }) => {
    const { id, dspyName } = adapterFor(around, node)
    return id === common.id
      ? []
      : [`"${stepName}" has an adapter of its own: run that step inside dspy.context(adapter=dspy.${dspyName}()).`]
  })
  return [...(common.id === defaultAdapterId ? [] : [whole]), ...new Set(own)]
}

/** What the exported TypeScript does beyond sending one prompt a step. */
export function typeScriptRemarks({ graph, state }: Program, models: Readonly<Record<ModelId, ModelSpec>> = {}): readonly string[] {
  const own = stepsWithin(graph).flatMap(({ node, kind }) => kind.callRemarks?.(node) ?? [])
  const picking = predictorsOf(graph).flatMap(({ id, stepName }) => {
    const { nearest, demos = [] } = state[id] ?? {}
    if (nearest === undefined || demos.length === 0) return []
    const shows = `"${stepName}" shows the ${Math.min(nearest.k, demos.length)} of ${demos.length} demos most like its inputs, found anew for each call`
    if (nearest.embedder === undefined) return [`${shows} by the words they share.`]
    const name = models[nearest.embedder]?.model ?? nearest.embedder
    return [`${shows} by embeddings of "${name}": one request more a call, and a few for the pool on the first one.`]
  })
  return [...own, ...picking]
}
