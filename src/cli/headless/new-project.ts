import { adapterIds, isAdapterId } from '@/engine/program/adapter-id'
import { isJsonFallback, jsonFallbacks, newJsonFallback } from '@/engine/program/json-fallback'
import { EngineError } from '@/engine/base/errors'
import { sandboxModel } from '@/engine/providers/sandbox/sandbox-model'
import { completeState } from '@/engine/graph/default-state'
import type { Edge, Program, ProgramGraph, ProgramNode } from '@/engine/program/program'
import { predictorsOf } from '@/engine/graph/predictors'
import { programOutputs } from '@/engine/program/ends'
import type { BlobStore } from '@/engine/blobs/blob-store'
import { takeDspyFiles } from '@/export/dspy-files'
import { keptFile, parseDspyText } from '@/export/open-dspy-file'
import { programOfDspy } from '@/export/program-of-dspy'
import { predictModule } from '@/engine/modules/predict-module'
import { nodeKinds, stepKinds, stepOf } from '@/engine/modules/registry'
import { firstMetric, metricKind, metricKinds } from '@/engine/metrics/registry'
import type { MetricSpec } from '@/engine/metrics/metric'
import { rubricJudge } from '@/engine/metrics/rubric-judge'
import { inColumns, keptLayout } from '@/engine/project/kept-layout'
import { projectSchemaVersion, type ProjectFile } from '@/engine/project/project'
import { checkFields, outputProblem } from '@/engine/signature/check-fields'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import type { Field } from '@/engine/signature/signature'

export interface NewProject {
  readonly name: string
  /** A line of DSPy's grammar, or the fields themselves. */
  readonly signature: string | readonly Omit<Field, 'id'>[]
  readonly module: string
  readonly metric: MetricSpec
  readonly instructions?: string
  readonly adapter?: string
  readonly jsonFallback?: string
  readonly dspyExact?: boolean
  readonly nativeTools?: boolean
  readonly now: number
}

/** A project of a state file of DSPy alone, and what was guessed for it. */
export async function projectOfDspy(
  text: string,
  { name, now, store }: { readonly name: string; readonly now: number; readonly store: Pick<BlobStore, 'put'> },
): Promise<{ readonly file: ProjectFile; readonly remarks: readonly string[] }> {
  const { graph, state, models, remarks } = programOfDspy(parseDspyText(text))
  const metric = firstMetric(
    metricKinds[0]?.id ?? '',
    programOutputs(graph).map(field => field.name),
  )
  const { project, ...rest } = projectFileOf({ name, now, graph, metric, state: await takeDspyFiles(store, state) })
  return { file: { ...rest, project: { ...project, models: [...project.models, ...models], ...(await keptFile(text, store)) } }, remarks }
}

/** A project of one step between an Input and an Output node, made from a signature. */
export function newProject(project: NewProject): ProjectFile {
  const { name, signature, module, metric, instructions, adapter, jsonFallback = newJsonFallback, dspyExact, nativeTools, now } = project
  const kind = stepKinds.find(({ id }) => id === module)
  if (kind === undefined) {
    throw new EngineError('params-invalid', `--module must be one of ${stepKinds.map(({ id }) => id).join(', ')}, not "${module}".`)
  }
  const fields = typeof signature === 'string' ? fieldsOfLine(signature) : signature
  const inputs = fields.filter(({ role }) => role === 'input').map((field, index): Field => ({ ...field, id: `i${index + 1}` }))
  const outputs = fields.filter(({ role }) => role === 'output').map((field, index): Field => ({ ...field, id: `o${index + 1}` }))
  const problem = checkFields([...inputs, ...outputs])[0]?.message ?? outputs.map(outputProblem).find(found => found !== undefined)
  if (problem !== undefined) throw new EngineError('signature-syntax', problem)
  if (inputs.length === 0 || outputs.length === 0)
    throw new EngineError('signature-syntax', 'A program needs at least one input and one output, such as "question -> answer".')
  const graph = askedAs(graphOf(kind, inputs, outputs), { adapter, jsonFallback, dspyExact, nativeTools })
  const told = instructions === undefined ? [] : predictorsOf(graph).map(({ id }) => [id, { instructions, demos: [] }] as const)
  return projectFileOf({ name, now, graph, metric, state: completeState(graph, Object.fromEntries(told)) })
}

interface NewProgram extends Program {
  readonly name: string
  readonly now: number
  readonly metric: MetricSpec
}

function projectFileOf({ name, now, graph, state, metric }: NewProgram): ProjectFile {
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
      layout: keptLayout(graph, {}, inColumns),
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

function fieldsOfLine(line: string): readonly Omit<Field, 'id'>[] {
  const { inputs, outputs } = parseSignatureLine(line)
  return [
    ...inputs.map(field => ({ ...field, role: 'input' as const, desc: '' })),
    ...outputs.map(field => ({ ...field, role: 'output' as const, desc: '' })),
  ]
}

interface AskedAs {
  readonly adapter?: string | undefined
  readonly jsonFallback?: string | undefined
  readonly dspyExact?: boolean | undefined
  readonly nativeTools?: boolean | undefined
}

/** A program with the adapter and the way of asking again that are named; what is undefined stays as it is. Throws for unknown ones. */
export function askedAs(graph: ProgramGraph, { adapter, jsonFallback, dspyExact, nativeTools }: AskedAs): ProgramGraph {
  if (adapter !== undefined && !isAdapterId(adapter)) {
    throw new EngineError('params-invalid', `--adapter must be one of ${adapterIds.join(', ')}, not "${adapter}".`)
  }
  if (jsonFallback !== undefined && !isJsonFallback(jsonFallback)) {
    throw new EngineError('params-invalid', `--json-fallback must be one of ${jsonFallbacks.join(', ')}, not "${jsonFallback}".`)
  }
  const { jsonFallback: before, ...rest } = graph
  const kept = jsonFallback ?? before
  // A program that names none asks twice.
  const asked: ProgramGraph = {
    ...rest,
    ...(adapter !== undefined && { adapter }),
    ...(kept !== undefined && kept !== 'twice' && { jsonFallback: kept }),
    ...(dspyExact && { dspyExact }),
    ...(nativeTools && { nativeTools }),
  }
  return asked
}

/**
 * `exact-match:category`, or a bare metric id where there is nothing to choose: one output, or a metric that scores no single one. What
 * follows `rubric-judge:` are its criteria.
 */
export function parseMetric(text: string, outputs: readonly string[]): MetricSpec {
  const colon = text.indexOf(':')
  const [id, named] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)]
  const kind = metricKind(id)
  if (kind === undefined)
    throw new EngineError('params-invalid', `--metric must be one of ${metricKinds.map(one => one.id).join(', ')}, not "${id}".`)
  if (id === rubricJudge.id && named !== undefined) return { kind: id, params: { criteria: named } }
  const isOpen = named === undefined && outputs.length > 1 && 'field' in kind.params.shape
  if (isOpen || (named !== undefined && !outputs.includes(named))) {
    throw new EngineError('params-invalid', `--metric must name an output of the signature, such as ${id}:${outputs[0] ?? 'answer'}.`)
  }
  return firstMetric(id, named === undefined ? outputs : [named, ...outputs.filter(output => output !== named)])
}

/**
 * Input, the step, Output. A step that asks no model gets one before it that answers the signature, and works on that answer: a
 * program has to ask something.
 */
function graphOf(kind: (typeof stepKinds)[number], inputs: readonly Field[], outputs: readonly Field[]): ProgramGraph {
  const entering = inputs.map((field, index): Field => ({ ...field, id: `e${index + 1}`, role: 'output' }))
  const leaving = outputs.map((field, index): Field => ({ ...field, id: `x${index + 1}`, role: 'input' }))
  const first: ProgramNode = { id: 'n1', kind: 'input', name: 'input', fields: entering }
  const last: ProgramNode = { id: 'n3', kind: 'output', name: 'output', fields: leaving }
  const asked = {
    id: 'n2',
    name: nodeKinds.find(({ steps }) => steps.includes(kind))?.start.name ?? kind.id,
    fields: [...inputs, ...outputs],
  }
  const step = kind.starter(asked)
  const bound = stepOf(step)
  if (bound && bound.slots().length + bound.bodies().length > 0) {
    const wires = [...wiresBetween([first, entering], [step, inputs]), ...wiresBetween([step, outputs], [last, leaving])]
    return { nodes: [first, step, last], edges: numbered(wires) }
  }
  if (nodeKinds.some(({ steps, hasNoInputs }) => hasNoInputs && steps.includes(kind)))
    return fedBy(kind, { first, entering, last, leaving })
  const taken = outputs.map((field, index): Field => ({ ...field, id: `c${index + 1}`, name: `${field.name}_given`, role: 'input' }))
  const answering = predictModule.starter({ ...asked, name: 'predict' })
  // One that chooses hands on the first answer only: a row gives one of its outputs.
  const made = bound?.choice() ? outputs.slice(0, 1) : outputs
  const working = kind.starter({ id: 'n4', name: kind.id, fields: [...taken, ...made] })
  // What such a step gives may be of another type than was asked for, or less: the rest is what the model answered.
  const given = new Map(working.fields.map(field => [field.id, field]))
  const ends = outputs.map((field, index): Field => ({ ...(leaving[index] ?? field), type: (given.get(field.id) ?? field).type }))
  const wires = [
    ...wiresBetween([first, entering], [answering, inputs]),
    ...wiresBetween([answering, outputs], [working, taken]),
    ...ends.flatMap((end, index) => {
      const source = outputs[index]
      return source ? wiresBetween([given.has(source.id) ? working : answering, [source]], [last, [end]]) : []
    }),
  ]
  return { nodes: [first, answering, working, { ...last, fields: ends }], edges: numbered(wires) }
}

interface OuterEnds {
  readonly first: ProgramNode
  readonly entering: readonly Field[]
  readonly last: ProgramNode
  readonly leaving: readonly Field[]
}

/** A step that takes nothing in gives the model one more input. */
function fedBy(kind: (typeof stepKinds)[number], { first, entering, last, leaving }: OuterEnds): ProgramGraph {
  const inputs = entering.map((field, index): Field => ({ ...field, id: `i${index + 1}`, role: 'input' }))
  const outputs = leaving.map((field, index): Field => ({ ...field, id: `o${index + 1}`, role: 'output' }))
  const names = new Set([...inputs, ...outputs].map(({ name }) => name))
  const value: Field = {
    id: 'v1',
    name: names.has(kind.id) ? `${kind.id}_value` : kind.id,
    role: 'output',
    type: { kind: 'str' },
    desc: '',
  }
  const giving = kind.starter({ id: 'n4', name: kind.id, fields: [value] })
  const more: Field = { ...value, id: 'i0', role: 'input' }
  const answering = predictModule.starter({ id: 'n2', name: 'predict', fields: [...inputs, more, ...outputs] })
  const wires = [
    ...wiresBetween([first, entering], [answering, inputs]),
    ...wiresBetween([giving, [value]], [answering, [more]]),
    ...wiresBetween([answering, outputs], [last, leaving]),
  ]
  return { nodes: [first, giving, answering, last], edges: numbered(wires) }
}

type Ends = readonly [node: ProgramNode, fields: readonly Field[]]

/** One wire for each pair of fields. */
function wiresBetween([from, sources]: Ends, [to, targets]: Ends): readonly Omit<Edge, 'id'>[] {
  return targets.flatMap((target, index) => {
    const source = sources[index]
    return source ? [{ from: { node: from.id, field: source.id }, to: { node: to.id, field: target.id } }] : []
  })
}

function numbered(wires: readonly Omit<Edge, 'id'>[]): readonly Edge[] {
  return wires.map((wire, index) => ({ ...wire, id: `w${index + 1}` }))
}
