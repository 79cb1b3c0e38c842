import { adapterIds, isAdapterId } from '@/engine/program/adapter-id'
import { isJsonFallback, jsonFallbacks, newJsonFallback } from '@/engine/program/json-fallback'
import { EngineError } from '@/engine/base/errors'
import { sandboxModel } from '@/engine/providers/sandbox/sandbox-model'
import { completeState } from '@/engine/graph/default-state'
import type { Edge, ProgramGraph, ProgramNode } from '@/engine/program/program'
import { moduleKind, moduleKinds } from '@/engine/modules/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { projectSchemaVersion, type ProjectFile } from '@/engine/project/project'
import { checkFields } from '@/engine/signature/check-fields'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import type { Field } from '@/engine/signature/signature'

export interface NewProject {
  readonly name: string
  readonly signature: string
  readonly module: string
  readonly metric: MetricSpec
  readonly instructions?: string
  readonly adapter?: string
  readonly jsonFallback?: string
  readonly now: number
}

/** A project of one predictor between an Input and an Output node, made from a signature line. */
export function newProject({
  name,
  signature,
  module,
  metric,
  instructions,
  adapter,
  jsonFallback = newJsonFallback,
  now,
}: NewProject): ProjectFile {
  if (adapter !== undefined && !isAdapterId(adapter)) {
    throw new EngineError('params-invalid', `--adapter must be one of ${adapterIds.join(', ')}, not "${adapter}".`)
  }
  if (!isJsonFallback(jsonFallback)) {
    throw new EngineError('params-invalid', `--json-fallback must be one of ${jsonFallbacks.join(', ')}, not "${jsonFallback}".`)
  }
  if (moduleKind(module) === undefined) {
    throw new EngineError('params-invalid', `--module must be one of ${moduleKinds.map(kind => kind.id).join(', ')}, not "${module}".`)
  }
  const parsed = parseSignatureLine(signature)
  const inputs = parsed.inputs.map((field, index): Field => ({ id: `i${index + 1}`, role: 'input', desc: '', ...field }))
  const outputs = parsed.outputs.map((field, index): Field => ({ id: `o${index + 1}`, role: 'output', desc: '', ...field }))
  const problem = checkFields([...inputs, ...outputs])[0]
  if (problem) throw new EngineError('signature-syntax', problem.message)
  if (inputs.length === 0 || outputs.length === 0)
    throw new EngineError('signature-syntax', 'A program needs at least one input and one output, such as "question -> answer".')
  const graph: ProgramGraph = {
    ...oneStepGraph(inputs, outputs, module),
    ...(adapter !== undefined && { adapter }),
    ...(jsonFallback !== 'twice' && { jsonFallback }),
  }
  const state = completeState(graph, instructions === undefined ? {} : { n2: { instructions, demos: [] } })
  return {
    format: 'dspy-studio-project',
    schemaVersion: projectSchemaVersion,
    project: {
      schemaVersion: projectSchemaVersion,
      id: 'p1',
      name,
      createdAt: now,
      updatedAt: now,
      graph,
      state,
      layout: { n1: { x: 0, y: 0 }, n2: { x: 340, y: 0 }, n3: { x: 680, y: 0 } },
      mapping: { inputs: {}, labels: {} },
      split: { train: 50, val: 50, test: 0, seed: 0 },
      metric,
      models: [sandboxModel],
      roles: { task: sandboxModel.id, prompt: sandboxModel.id },
      optimizer: { id: 'bootstrap-few-shot-random-search', params: {} },
      run: { concurrency: 16, seed: 0, maxErrors: 10, budget: {} },
      reveals: [],
    },
    versions: [],
  }
}

/** `exact-match:category`, or a bare metric id when the program has one output. */
export function parseMetric(text: string, outputs: readonly { name: string }[]): MetricSpec {
  const [kind = '', field = outputs.length === 1 ? outputs[0]?.name : undefined] = text.split(':')
  if (field === undefined || !outputs.some(output => output.name === field)) {
    throw new EngineError(
      'params-invalid',
      `--metric must name an output of the signature, such as ${kind}:${outputs[0]?.name ?? 'answer'}.`,
    )
  }
  return { kind, params: { field } }
}

function oneStepGraph(inputs: readonly Field[], outputs: readonly Field[], module: string): ProgramGraph {
  const entering = inputs.map((field, index): Field => ({ ...field, id: `e${index + 1}`, role: 'output' }))
  const leaving = outputs.map((field, index): Field => ({ ...field, id: `x${index + 1}`, role: 'input' }))
  const nodes: ProgramNode[] = [
    { id: 'n1', kind: 'input', name: 'input', fields: entering },
    { id: 'n2', kind: 'signature', name: 'predict', module, moduleParams: {}, fields: [...inputs, ...outputs] },
    { id: 'n3', kind: 'output', name: 'output', fields: leaving },
  ]
  const edges: Edge[] = [
    ...inputs.map((field, index) => ({
      id: `w${index + 1}`,
      from: { node: 'n1', field: `e${index + 1}` },
      to: { node: 'n2', field: field.id },
    })),
    ...outputs.map((field, index) => ({
      id: `v${index + 1}`,
      from: { node: 'n2', field: field.id },
      to: { node: 'n3', field: `x${index + 1}` },
    })),
  ]
  return { nodes, edges }
}
