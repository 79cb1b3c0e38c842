import { defaultAdapterId } from '@/engine/program/adapter-id'
import type { Adapter } from '@/engine/adapters/adapter'
import { adapterFor } from '@/engine/adapters/registry'
import { ensembleOf } from '@/engine/graph/ensemble'
import { predictorsOf } from '@/engine/graph/predictors'
import { jsonFallbackOf } from '@/engine/program/json-fallback'
import type { ModelId, Program, ProgramGraph, ReduceId } from '@/engine/program/program'
import type { ModelSpec } from '@/engine/lm/lm'
import type { MetricSpec } from '@/engine/metrics/metric'
import { asksJudge } from '@/engine/metrics/registry'

/**
 * What of a program DSPy's state file cannot say, and what stands in the file instead; and what of its metric, where one is given. Empty
 * where the file says it all.
 */
export function dspyRemarks({ graph, state }: Program, metric?: MetricSpec): readonly string[] {
  const ensemble = ensembleOf(state)
  const together = ensemble && [
    `This program is an ensemble of ${ensemble.members.length} members, which answer together (${reduceWords(ensemble.reduce)}). DSPy’s file holds one program, so it gets the best member alone: expect the score of that member, not of the ensemble.`,
  ]
  const picking = predictorsOf(graph).flatMap(({ id, node }) => {
    const { nearest, demos = [] } = state[id] ?? {}
    if (nearest === undefined || demos.length === 0) return []
    return demos.length <= nearest.k
      ? [
          `"${node.name}" shows the demos most like its inputs first. DSPy shows the same ${demos.length} in the same order in every prompt.`,
        ]
      : [
          `"${node.name}" picks ${nearest.k} of ${demos.length} demos for each call, those most like its inputs. DSPy shows every demo of its file in every prompt, so the file gets ${nearest.k} that stand for all ${demos.length}. Its score there may be lower.`,
        ]
  })
  return [...(together ?? []), ...picking, ...adapterRemarks(graph), ...(asksJudge(metric) ? [dspyJudge] : [])]
}

const dspyJudge =
  'The judge that scores this program here is no part of DSPy’s file, nor is any other metric. To score or compile it there, write a metric that asks an LM by the same criteria.'
const typeScriptJudge =
  'The judge that scores this program in the studio is no part of the folder: it runs the program alone, and sends no request to grade what came out.'

/** DSPy's file holds no adapter: whoever loads it configures the one the program was compiled with. */
function adapterRemarks(graph: ProgramGraph): readonly string[] {
  const common = adapterFor(graph)
  const never = jsonFallbackOf(graph) === 'never'
  const made = ({ id, dspyName }: Adapter): string => `dspy.${dspyName}(${never && id !== 'json' ? 'use_json_adapter_fallback=False' : ''})`
  const whole = `The adapter is no part of DSPy’s file. Before the program runs, call dspy.configure(adapter=${made(common)}).`
  const own = predictorsOf(graph).flatMap(({ node }) => {
    const adapter = adapterFor(graph, node)
    return adapter.id === common.id
      ? []
      : [`"${node.name}" has an adapter of its own: run that step inside dspy.context(adapter=${made(adapter)}).`]
  })
  return [...(common.id === defaultAdapterId && !never ? [] : [whole]), ...new Set(own)]
}

/** What the exported TypeScript does beyond sending one prompt a step. */
export function typeScriptRemarks(
  { graph, state }: Program,
  models: Readonly<Record<ModelId, ModelSpec>> = {},
  metric?: MetricSpec,
): readonly string[] {
  const ensemble = ensembleOf(state)
  const together = ensemble && [
    `An ensemble: each call runs the program ${ensemble.members.length} times, once with each member, and returns one answer of all (${reduceWords(ensemble.reduce)}).`,
  ]
  const picking = predictorsOf(graph).flatMap(({ id, node }) => {
    const { nearest, demos = [] } = state[id] ?? {}
    if (nearest === undefined || demos.length === 0) return []
    const shows = `"${node.name}" shows the ${Math.min(nearest.k, demos.length)} of ${demos.length} demos most like its inputs, found anew for each call`
    if (nearest.embedder === undefined) return [`${shows} by the words they share.`]
    const name = models[nearest.embedder]?.model ?? nearest.embedder
    return [`${shows} by embeddings of "${name}": one request more a call, and a few for the pool on the first one.`]
  })
  return [...(together ?? []), ...picking, ...(asksJudge(metric) ? [typeScriptJudge] : [])]
}

function reduceWords(reduce: ReduceId): string {
  return reduce === 'majority' ? 'the most frequent answer' : `the ${reduce} of numbers, the most frequent of everything else`
}
