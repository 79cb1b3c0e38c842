import type { Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'
import { adapterFor } from '../adapters/registry'
import type { Values } from '../data/example'
import { EngineError, errorToJson, isEngineError, type ErrorJson } from '../errors'
import type { Lm, LmCall, ModelSpec } from '../lm/lm'
import { moduleKind } from '../modules/registry'
import { nearestByEmbedding } from '../modules/embedded-demos'
import { inputNames, shownDemos } from '../modules/nearest-demos'
import { predict } from '../modules/predict'
import type { RecordCall } from '../modules/recorded-call'
import type { Clock } from '../run/ports'
import type { Sandbox } from '../sandbox/sandbox'
import type { Signature } from '../signature/signature'
import type { Prediction, Span, SpanCall, Trace } from '../trace/span'
import { runCode } from './code-node'
import { ensembleOf, reduceOutputs, type Ensemble } from './ensemble'
import { planOf, type PlannedNode, type Wire } from './plan'
import type { Demo, ModelId, NodeId, PredictorId, PredictorState, Program } from './program'

export type NodeEvent =
  | { readonly type: 'start'; readonly node: NodeId }
  | { readonly type: 'end'; readonly node: NodeId; readonly outputs?: Values; readonly error?: ErrorJson; readonly ms: number }

export interface ExecuteContext {
  readonly clock: Pick<Clock, 'now'>
  readonly sandbox: Sandbox
  /** The model that a predictor's state names, as its own or as its embedder; the task LM of the run for undefined. */
  modelFor(id: ModelId | undefined): { readonly lm: Lm; readonly model: ModelSpec }
  readonly call: Omit<LmCall, 'predictor'>
  readonly temperature?: number
  onNode?(event: NodeEvent): void
  /** Told of every request, also of failed ones, the moment it is over. */
  onCall?(predictor: PredictorId, call: SpanCall, isAnswered: boolean): void
}

/** What a program did with one row: its values, or the error that ended it; the steps in either case. */
export interface Execution {
  readonly values?: Values
  readonly trace: Trace
  readonly error?: unknown
}

/** Runs a program on inputs by field name. Throws the first failure of a step; `executeProgram` keeps the steps instead. */
export async function runProgram(program: Program, inputs: Values, context: ExecuteContext): Promise<Prediction> {
  const { values, trace, error } = await executeProgram(program, inputs, context)
  if (values === undefined) throw error
  return { values, trace }
}

/**
 * Runs layer by layer; steps of a layer run together. When one fails, its layer is finished and no further one starts:
 * which steps ran does not depend on which answer came first, and that is what a replay needs.
 */
export function executeProgram(program: Program, inputs: Values, context: ExecuteContext): Promise<Execution> {
  const ensemble = ensembleOf(program.state)
  return ensemble ? executeEnsemble(program, ensemble, inputs, context) : executeOnce(program, inputs, context)
}

/** Every member on its own, then one answer of all. As in DSPy, a member that fails takes the row with it. */
async function executeEnsemble(
  { graph }: Program,
  { reduce, members }: Ensemble,
  inputs: Values,
  context: ExecuteContext,
): Promise<Execution> {
  const runs = await Promise.all(members.map(state => executeOnce({ graph, state }, inputs, context)))
  const trace = runs.flatMap(run => run.trace)
  const values = runs.flatMap(run => (run.values ? [run.values] : []))
  const failed = runs.find(run => run.values === undefined)
  return failed ? { trace, error: failed.error } : { trace, values: reduceOutputs(reduce, values) }
}

async function executeOnce(program: Program, inputs: Values, context: ExecuteContext): Promise<Execution> {
  const plan = planOf(program.graph)
  const known = new Map<NodeId, Values>()
  const trace: Span[] = []
  try {
    for (const { node, field } of plan.inputs) {
      const value = inputs[field.name]
      if (value === undefined && field.type.kind !== 'optional') {
        throw new EngineError('data-invalid', `The row has no value for "${field.name}". Match a column to it.`, { field: field.name })
      }
      known.set(node, { ...known.get(node), [field.name]: value ?? null })
    }
  } catch (error) {
    return { trace, error }
  }
  for (const layer of plan.layers) {
    const first = layer[0]
    const steps =
      layer.length === 1 && first
        ? [await runNode(first, program, known, context)]
        : await Promise.all(layer.map(planned => runNode(planned, program, known, context)))
    for (const step of steps) {
      trace.push(step.span)
      if (step.span.outputs) known.set(step.span.node, step.span.outputs)
    }
    const failed = steps.find(step => step.span.error)
    if (failed) return { trace, error: failed.error }
  }
  const values: Record<string, Json> = {}
  for (const output of plan.outputs) Object.assign(values, gather(output.wires, known, true))
  return { values, trace }
}

async function runNode(
  planned: PlannedNode,
  program: Program,
  known: ReadonlyMap<NodeId, Values>,
  context: ExecuteContext,
): Promise<{ span: Span; error?: unknown }> {
  const { node } = planned
  const calls: SpanCall[] = []
  const inputs = gather(planned.wires, known, node.kind === 'code')
  const predictor = planned.predictors.size === 1 ? [...planned.predictors.values()][0]?.id : undefined
  const about = { node: node.id, ...(predictor !== undefined && { predictor }), name: node.name, inputs, calls }
  context.onNode?.({ type: 'start', node: node.id })
  const start = context.clock.now()
  try {
    const outputs =
      node.kind === 'code'
        ? await runCode(node, inputs, context.sandbox)
        : await runModule(planned, node.module, inputs, program, context, calls)
    const ms = context.clock.now() - start
    context.onNode?.({ type: 'end', node: node.id, outputs, ms })
    return { span: { ...about, outputs, ms } }
  } catch (error) {
    const ms = context.clock.now() - start
    const json = errorToJson(error)
    context.onNode?.({ type: 'end', node: node.id, error: json, ms })
    return { span: { ...about, ms, error: json }, error: named(error, node.name) }
  }
}

function runModule(
  planned: PlannedNode,
  module: string,
  inputs: Values,
  program: Program,
  context: ExecuteContext,
  calls: SpanCall[],
): Promise<Values> {
  return moduleKind(module).run(inputs, async (key, values) => {
    const predictor = planned.predictors.get(key)
    if (predictor === undefined) throw new Error(`module ${module} has no predictor "${key}"`)
    const state = program.state[predictor.id]
    const { lm, model } = context.modelFor(state?.lm)
    const signature = predictor.signature(program.state)
    const call: LmCall = { ...context.call, predictor: predictor.id }
    const record: RecordCall = (spanCall, isAnswered) => {
      calls.push(spanCall)
      context.onCall?.(predictor.id, spanCall, isAnswered)
    }
    return predict(
      {
        signature,
        demos: await demosFor(state, { signature, inputs: values, context, call, record }),
        inputs: values,
        adapter: adapterFor(program.graph, planned.node),
        lm,
        model,
        ...(context.temperature !== undefined && { temperature: context.temperature }),
        call,
      },
      record,
    )
  })
}

interface DemoQuery {
  readonly signature: Signature
  readonly inputs: Values
  readonly context: ExecuteContext
  readonly call: LmCall
  readonly record: RecordCall
}

/** The demos a call shows; those picked by embeddings take requests of their own. */
async function demosFor(
  state: PredictorState | undefined,
  { signature, inputs, context, call, record }: DemoQuery,
): Promise<readonly Demo[]> {
  const { k, embedder } = state?.nearest ?? {}
  if (!state || k === undefined || embedder === undefined) return shownDemos(state, signature, inputs)
  return nearestByEmbedding(state.demos, { k, inputs, names: inputNames(signature) }, { ...context.modelFor(embedder), call, record })
}

/** A failed step says which step it was; the code and the facts stay. */
function named(error: unknown, name: string): unknown {
  if (!isEngineError(error) || error.facts['step'] !== undefined) return error
  return new EngineError(error.code, error.message, { ...error.facts, step: name }, error)
}

/**
 * Inputs of a node by name. A prompt shows any value as text by the adapter's rules, so a str field of a predictor takes the
 * value as it is; code and the program's own outputs get real text.
 */
function gather(wires: readonly Wire[], known: ReadonlyMap<NodeId, Values>, asText: boolean): Values {
  const values: Record<string, Json> = {}
  for (const { field, from, name } of wires) {
    const value = known.get(from)?.[name] ?? null
    values[field.name] = asText && field.type.kind === 'str' ? textOf(value) : value
  }
  return values
}

function textOf(value: Json): Json {
  if (typeof value === 'string' || value === null) return value
  return typeof value === 'object' ? pythonJson(value) : pythonStr(value)
}
