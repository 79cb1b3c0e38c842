import { metricKind } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { nodeKindOf, unknownSteps } from '@/engine/modules/registry'
import { optimizerKind } from '@/engine/optimizers/registry'
import { bodiesOf } from '@/engine/program/bodies'
import { isAdapterId } from '@/engine/program/adapter-id'
import type { ProgramGraph, ProgramNode } from '@/engine/program/program'
import type { Project } from '@/engine/project/project'
import { isKnownProvider } from '@/engine/providers/registry'
import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json } from '@/lib/json'
import { asLine } from '@/lib/line-text'

type Named = Pick<Project, 'graph' | 'metric' | 'optimizer' | 'models'>

/**
 * What a project names that this version does not have, as `the metric "bleu"`: a later version, or another program, made it. Also names
 * that none of ours would give a field or a tool.
 */
export function unknownKinds({ graph, metric, optimizer, models }: Named): readonly string[] {
  const metrics = metricIds(metric).flatMap(id => (metricKind(id) === undefined ? [`the metric "${id}"`] : []))
  const optimizers = optimizerKind(optimizer.id) === undefined ? [`the optimizer "${optimizer.id}"`] : []
  const providers = models.flatMap(({ provider }) => (isKnownProvider(provider) ? [] : [`the provider "${provider}"`]))
  return [...new Set([...unknownIn(graph), ...metrics, ...optimizers, ...providers])]
}

/** Also in the programs within steps. */
function unknownIn(graph: ProgramGraph): readonly string[] {
  const steps = unknownSteps(graph).map(node =>
    nodeKindOf(node) === undefined ? `the kind of step "${node.kind}"` : 'module' in node ? `the module "${node.module}"` : node.kind,
  )
  const adapters = [graph.adapter, ...graph.nodes.map(node => ('adapter' in node ? node.adapter : undefined))].flatMap(id =>
    id === undefined || isAdapterId(id) ? [] : [`the adapter "${id}"`],
  )
  const names = graph.nodes.flatMap(node => [
    ...node.fields.filter(({ name }) => isForeignName(name)).map(({ name }) => `the field name ${shownName(name)}`),
    ...toolNames(node)
      .filter(isForeignName)
      .map(name => `the tool or argument ${shownName(name)}`),
  ])
  return [...steps, ...adapters, ...names, ...graph.nodes.flatMap(node => bodiesOf(node).flatMap(body => unknownIn(body.graph)))]
}

/** What a hand may have half-typed is none: the check of the program tells about that. */
function isForeignName(name: string): boolean {
  return !/^[\p{L}\p{M}\p{N}_ .-]*$/u.test(name)
}

function shownName(name: string): string {
  return JSON.stringify(cutText(asLine(name), 60))
}

function toolNames(node: ProgramNode): readonly string[] {
  const tools = 'moduleParams' in node ? node.moduleParams?.['tools'] : undefined
  const nameOf = (value: Json): readonly string[] => (isJsonObject(value) && typeof value['name'] === 'string' ? [value['name']] : [])
  return Array.isArray(tools)
    ? tools.flatMap((tool: Json) => {
        const args = isJsonObject(tool) ? tool['args'] : undefined
        return [...nameOf(tool), ...(Array.isArray(args) ? args.flatMap(nameOf) : [])]
      })
    : []
}

/** The sentence for the place where one of them is chosen. */
export function unknownWords(what: 'module' | 'metric' | 'optimizer', id: string): string {
  return `This version does not know the ${what} "${id}".`
}

function metricIds({ kind, params }: Pick<MetricSpec, 'kind' | 'params'>): readonly string[] {
  return [kind, ...(metricKind(kind)?.parts?.(params) ?? []).map(part => part.kind)]
}
