import { metricKind } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { moduleKind } from '@/engine/modules/registry'
import { optimizerKind } from '@/engine/optimizers/registry'
import type { Project } from '@/engine/project/project'
import { isJsonObject } from '@/lib/json'

type Named = Pick<Project, 'graph' | 'metric' | 'optimizer'>

/** What a project names that this version does not have, as `the metric "bleu"`: a later version, or another program, made it. */
export function unknownKinds({ graph, metric, optimizer }: Named): readonly string[] {
  const modules = graph.nodes.flatMap(node =>
    node.kind === 'signature' && moduleKind(node.module) === undefined ? [`the module "${node.module}"`] : [],
  )
  const metrics = metricIds(metric).flatMap(id => (metricKind(id) === undefined ? [`the metric "${id}"`] : []))
  const optimizers = optimizerKind(optimizer.id) === undefined ? [`the optimizer "${optimizer.id}"`] : []
  return [...new Set([...modules, ...metrics, ...optimizers])]
}

/** The sentence for the place where one of them is chosen. */
export function unknownWords(what: 'module' | 'metric' | 'optimizer', id: string): string {
  return `This version does not know the ${what} "${id}".`
}

function metricIds({ kind, params }: Pick<MetricSpec, 'kind' | 'params'>): readonly string[] {
  const parts = kind === 'weighted-sum' && Array.isArray(params['parts']) ? params['parts'].filter(isJsonObject) : []
  return [kind, ...parts.flatMap(part => (typeof part['kind'] === 'string' ? [part['kind']] : []))]
}
