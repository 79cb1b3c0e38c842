import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import { EngineError, errorToJson, isEngineError } from '../base/errors'
import type { Prediction, Trace } from '../trace/span'
import { pathWithin } from '../program/bodies'
import { valueText } from '../modules/value-text'
import type { ExecuteContext } from './execute-context'
import { valueOrDefault } from '../signature/defaults'
import { planOf, type PlannedNode, type Wire } from './plan'
import type { NodeId, Program } from '../program/program'
import { nodeScope } from './scope'
import { flattened, spanNode, type SpanNode, type SpanStart } from './span-tree'

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

/** Runs the program and keeps what its steps did, also where one of them failed. */
export async function executeProgram(program: Program, inputs: Values, context: ExecuteContext): Promise<Execution> {
  const roots: SpanNode[] = []
  const begin = (about: SpanStart): SpanNode => {
    const root = spanNode(about)
    roots.push(root)
    return root
  }
  const end = await runGraph(program, inputs, context, begin).then(
    values => ({ values }),
    (error: unknown) => ({ error }),
  )
  return { ...end, trace: roots.flatMap(root => flattened(root)) }
}

/**
 * Runs layer by layer; steps of a layer run together. When one fails, its layer is finished and no further one starts:
 * which steps ran does not depend on which answer came first, and that is what a replay needs. A step that is left without a value it
 * needs, since a branch went another way, is not taken, and neither are those that need what it gives; an output is left out then.
 */
async function runGraph(program: Program, inputs: Values, context: ExecuteContext, begin: (about: SpanStart) => SpanNode): Promise<Values> {
  const plan = planOf(program.graph)
  const known = new Map<NodeId, Values>()
  for (const { node, field } of plan.inputs) {
    const value = valueOrDefault(field, inputs[field.name])
    if (value === undefined && field.type.kind !== 'optional') {
      throw new EngineError('data-invalid', `The row has no value for "${field.name}". Match a column to it.`, { field: field.name })
    }
    known.set(node, { ...known.get(node), [field.name]: value ?? null })
  }
  for (const layer of plan.layers) {
    const first = layer[0]
    const steps =
      layer.length === 1 && first
        ? [await runNode(first, program, known, context, begin)]
        : await Promise.all(layer.map(planned => runNode(planned, program, known, context, begin)))
    for (const [index, step] of steps.entries()) {
      const node = layer[index]?.node
      if (node && step.outputs) known.set(node.id, step.outputs)
    }
    const failed = steps.find(step => step.outputs === undefined && step.isNotTaken !== true)
    if (failed) throw failed.error
  }
  const values: Record<string, Json> = {}
  for (const output of plan.outputs) Object.assign(values, output.defaults, gather(output.wires, known, true))
  return values
}

async function runNode(
  planned: PlannedNode,
  program: Program,
  known: ReadonlyMap<NodeId, Values>,
  context: ExecuteContext,
  begin: (about: SpanStart) => SpanNode,
): Promise<{ outputs?: Values; error?: unknown; isNotTaken?: true }> {
  const { node } = planned
  const inputs = { ...planned.defaults, ...gather(planned.wires, known, planned.takesText) }
  if (planned.needs.some(name => !Object.hasOwn(inputs, name))) return passedBy(node, context, begin)
  const own = planned.isSingleCall ? [...planned.predictors.values()][0]?.id : undefined
  const predictor = own === undefined ? {} : { predictor: pathWithin(context.at, own) }
  const path = pathWithin(context.at, node.id)
  const root = begin({ kind: 'node', name: node.name, node: path, inputs, ...predictor })
  context.onNode?.({ type: 'start', node: path })
  const start = context.clock.now()
  try {
    const outputs = await planned.run(inputs, nodeScope(planned, program, context, { root, runGraph }))
    root.outputs = outputs
    root.ms = context.clock.now() - start
    context.onNode?.({ type: 'end', node: path, outputs, ms: root.ms })
    return { outputs }
  } catch (error) {
    root.error = errorToJson(error)
    root.ms = context.clock.now() - start
    context.onNode?.({ type: 'end', node: path, error: root.error, ms: root.ms })
    return { error: named(error, node.name) }
  }
}

/** The trace says of a step that is not taken just that. */
function passedBy({ id, name }: PlannedNode['node'], context: ExecuteContext, begin: (about: SpanStart) => SpanNode): { isNotTaken: true } {
  const path = pathWithin(context.at, id)
  begin({ kind: 'node', name, node: path, inputs: {} }).isNotTaken = true
  context.onNode?.({ type: 'not-taken', node: path })
  return { isNotTaken: true }
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
  for (const { field, from, name, isChosen } of wires) {
    const given = known.get(from)
    // Of an input that a branch leaves without a value nothing is said: null is a value.
    if (given === undefined || (isChosen && !Object.hasOwn(given, name))) continue
    const value = given[name] ?? null
    values[field.name] = asText && field.type.kind === 'str' ? valueText(value) : value
  }
  return values
}
