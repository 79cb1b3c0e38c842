import { metricKind } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { isStepNode, stepOf } from '@/engine/modules/registry'
import type { ProgramGraph } from '@/engine/program/program'
import { optimizerKind } from '@/engine/optimizers/registry'
import type { Project } from '@/engine/project/project'
import { isJsonObject } from '@/lib/json'

type Named = Pick<Project, 'graph' | 'metric' | 'optimizer'>

/** What a project names that this version does not have, as `the metric "bleu"`: a later version, or another program, made it. */
export function unknownKinds({ graph, metric, optimizer }: Named): readonly string[] {
  const modules = unknownModules(graph)
  const metrics = metricIds(metric).flatMap(id => (metricKind(id) === undefined ? [`the metric "${id}"`] : []))
  const optimizers = optimizerKind(optimizer.id) === undefined ? [`the optimizer "${optimizer.id}"`] : []
  return [...new Set([...modules, ...metrics, ...optimizers])]
}

/** The sentence for the place where one of them is chosen. */
export function unknownWords(what: 'module' | 'metric' | 'optimizer', id: string): string {
  return `This version does not know the ${what} "${id}".`
}

/** Of the program and of all programs within its steps. */
function unknownModules(graph: ProgramGraph): readonly string[] {
  return graph.nodes.filter(isStepNode).flatMap(node => {
    const step = stepOf(node)
    if (step === undefined) return 'module' in node ? [`the module "${node.module}"`] : []
    return step.kind.bodies(step.node).flatMap(({ body }) => unknownModules(body.graph))
  })
}

function metricIds({ kind, params }: Pick<MetricSpec, 'kind' | 'params'>): readonly string[] {
  const parts = kind === 'weighted-sum' && Array.isArray(params['parts']) ? params['parts'].filter(isJsonObject) : []
  return [kind, ...parts.flatMap(part => (typeof part['kind'] === 'string' ? [part['kind']] : []))]
}
