import type { Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'
import type { Values } from '../base/example'
import { EngineError, errorToJson, isEngineError } from '../base/errors'
import type { Prediction, Span, Trace } from '../trace/span'
import { ensembleOf, reduceOutputs, type Ensemble } from './ensemble'
import type { ExecuteContext } from './execute-context'
import { planOf, type PlannedNode, type Wire } from './plan'
import type { NodeId, Program } from '../program/program'
import { nodeScope } from './scope'
import { flattened, spanNode } from './span-tree'

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
    for (const [index, step] of steps.entries()) {
      trace.push(...step.spans)
      const node = layer[index]?.node
      if (node && step.outputs) known.set(node.id, step.outputs)
    }
    const failed = steps.find(step => step.outputs === undefined)
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
): Promise<{ spans: readonly Span[]; outputs?: Values; error?: unknown }> {
  const { node, kind } = planned
  const inputs = gather(planned.wires, known, kind.takesText)
  const predictor = planned.isSingleCall ? [...planned.predictors.values()][0]?.id : undefined
  const root = spanNode({ kind: 'node', name: node.name, inputs, ...(predictor !== undefined && { predictor }) })
  context.onNode?.({ type: 'start', node: node.id })
  const start = context.clock.now()
  try {
    const outputs = await kind.run(node, inputs, nodeScope(planned, program, context, root))
    root.outputs = outputs
    root.ms = context.clock.now() - start
    context.onNode?.({ type: 'end', node: node.id, outputs, ms: root.ms })
    return { spans: flattened(root, node.id), outputs }
  } catch (error) {
    root.error = errorToJson(error)
    root.ms = context.clock.now() - start
    context.onNode?.({ type: 'end', node: node.id, error: root.error, ms: root.ms })
    return { spans: flattened(root, node.id), error: named(error, node.name) }
  }
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
