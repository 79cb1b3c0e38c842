import type { Json, JsonObject } from '@/lib/json'
import type { Adapter } from '../adapters/adapter'
import { adapterFor } from '../adapters/registry'
import type { Values } from '../base/example'
import { EngineError, errorToJson } from '../base/errors'
import type { LmCall } from '../lm/lm'
import { nearestByEmbedding } from '../modules/embedded-demos'
import { joinKeys } from '../modules/inner-module'
import { inputNames, shownDemos } from '../modules/nearest-demos'
import { predict, type PredictStep } from '../modules/predict'
import type { RecordCall } from '../modules/recorded-call'
import { hintField, noHint } from '../modules/refine'
import type { Attempt, AttemptOptions, AttemptStep, PredictOptions, Scope } from '../modules/scope'
import { isStepFailure } from '../modules/step-failure'
import type { Signature } from '../signature/signature'
import type { SpanCall } from '../trace/span'
import { bodyPath, bodyState, pathWithin } from '../program/bodies'
import type { Watcher } from '../modules/streamed-answer'
import type { ExecuteContext, StreamOptions, StreamTold } from './execute-context'
import type { PlannedNode } from './plan'
import type { Predictor } from './predictors'
import { jsonFallbackOf, type JsonFallback } from '../program/json-fallback'
import type { Demo, PredictorState, Program, ProgramState, BodyId } from '../program/program'
import type { SpanNode, SpanStart } from './span-tree'
import { isMocked, mockedAnswer } from '../tools/mock'
import { requireReach } from '../tools/require-reach'
import { toolKindOf, type Tool } from '../tools/registry'

/**
 * The scope of one node for one row. `root` is the node's own span; what it does on the way hangs below it. `runGraph` runs the programs
 * within it.
 */
export function nodeScope(
  planned: PlannedNode,
  { graph, state }: Program,
  context: ExecuteContext,
  { root, runGraph }: { readonly root: SpanNode; readonly runGraph: RunGraph },
): Scope {
  return scopeAt(
    {
      planned,
      state,
      context,
      adapter: adapterFor(graph, planned.node),
      jsonFallback: jsonFallbackOf(graph),
      nativeTools: graph.nativeTools === true,
      runGraph,
    },
    { branch: root, prefix: '', rollout: context.call.rollout, depth: context.depth ?? 1 },
  )
}

/** Runs a program; each of its steps begins its span by `begin`. Throws the first failure of a step. */
export type RunGraph = (program: Program, inputs: Values, context: ExecuteContext, begin: (about: SpanStart) => SpanNode) => Promise<Values>

interface Step {
  readonly planned: PlannedNode
  readonly state: ProgramState
  readonly context: ExecuteContext
  readonly adapter: Adapter
  readonly jsonFallback: JsonFallback
  readonly nativeTools: boolean
  readonly runGraph: RunGraph
}

/** Where in the tree of a step something happens. */
interface Place {
  readonly branch: SpanNode
  readonly prefix: string
  readonly rollout: number
  readonly depth: number
  readonly temperature?: number
  readonly hints?: Readonly<Record<string, string>>
}

function scopeAt(step: Step, place: Place): Scope {
  const { planned, context } = step
  const { branch } = place
  return {
    signal: context.call.signal,
    runner: context.runner,
    rollout: place.rollout,
    block: step.adapter.block,
    predict: (key, inputs, options = {}) => askPredictor(step, place, key, inputs, options),
    async ask(title, signature, inputs) {
      const child = branch.child({ kind: 'predict', name: `${planned.node.name} · ${title}`, inputs })
      const calls = child.calls
      const model = planned.predictors.values().next().value
      return timed(child, context, () =>
        request(step, {
          signature,
          state: { instructions: signature.instructions, demos: [], ...ownModel(model && step.state[model.id]) },
          inputs,
          rollout: place.rollout,
          calls,
        }),
      )
    },
    async tool(name, args, work) {
      const child = branch.child({ kind: 'tool', name, inputs: args })
      let result: Json = null
      await timed(child, context, async () => {
        result = await work(scopeAt(step, { ...place, branch: child }))
        return { result }
      })
      return result
    },
    call: (tool, args) => callOf(step, place, tool, args),
    sourceOf: tool => (isMocked(tool, context.call.purpose) ? undefined : toolKindOf(tool).source?.(tool)),
    attempt: (index, options, work) => tryOnce(step, place, index, options, work),
    run: (body, inputs) => runBody(step, place, body, inputs),
    stop(reason) {
      branch.stopped = reason
    },
  }
}

async function askPredictor(step: Step, place: Place, ownKey: string, inputs: Values, options: PredictOptions): Promise<Values> {
  const { planned, context } = step
  const key = place.prefix === '' ? ownKey : joinKeys(place.prefix, ownKey)
  const predictor = planned.predictors.get(key)
  if (predictor === undefined) throw new Error(`the step ${planned.node.name} has no predictor "${key}"`)
  const { sample = 0, temperature = place.temperature, settings: own, isOneOfSeveral, toolChoice } = options
  const orHint = step.nativeTools ? undefined : toolChoice?.orHint
  const hint = options.hint ?? orHint ?? place.hints?.[ownKey]
  const rollout = sampled(place.rollout, sample, place.depth)
  const written = predictor.signature(step.state)
  const state = step.state[predictor.id]
  const asked = {
    ...hintedQuestion({ signature: written, state, inputs }, hint),
    ...(step.nativeTools && toolChoice && { toolChoice: toolChoice.name, orHint: toolChoice.orHint }),
    predictor,
    rollout,
    ...(temperature !== undefined && { temperature }),
    ...(own && { own }),
    ...(isOneOfSeveral && { isOneOfSeveral }),
  }
  // A step with one request needs no second span that says the same.
  if (planned.isSingleCall) return request(step, { ...asked, calls: place.branch.calls })
  const name = predictor.slotTitle === '' ? planned.node.name : `${planned.node.name} · ${predictor.slotTitle}`
  const id = pathWithin(context.at, predictor.id)
  const child = place.branch.child({ kind: 'predict', name, predictor: id, inputs: asked.inputs, key: ownKey })
  return timed(child, context, () => request(step, { ...asked, calls: child.calls }))
}

interface PredictorRequest extends Pick<PredictStep, 'temperature' | 'own' | 'isOneOfSeveral' | 'toolChoice'> {
  readonly signature: Signature
  readonly state: PredictorState | undefined
  readonly inputs: Values
  readonly predictor?: Predictor
  readonly rollout: number
  readonly calls: SpanCall[]
  /** What stands for the choice of a tool where the model is not offered any. */
  readonly orHint?: string
}

type Asked = Pick<PredictorRequest, 'signature' | 'state' | 'inputs'>

/** A question with advice as one more input. */
function hintedQuestion({ signature, state, inputs }: Asked, hint: string | undefined): Asked {
  if (hint === undefined) return { signature, state, inputs }
  return {
    signature: withHint(signature),
    state: state && { ...state, demos: hinted(state.demos) },
    inputs: { ...inputs, [hintField.name]: hint },
  }
}

async function request({ planned, context, adapter, jsonFallback, nativeTools }: Step, asked: PredictorRequest): Promise<Values> {
  const { signature, state, predictor, rollout, calls, own, isOneOfSeveral, orHint } = asked
  const { lm, model } = context.modelFor(state?.lm)
  const id = predictor && pathWithin(context.at, predictor.id)
  const call: LmCall = { ...context.call, rollout, ...(id !== undefined && { predictor: id }) }
  const record: RecordCall = (spanCall, isAnswered) => {
    calls.push(spanCall)
    context.onCall?.(id, spanCall, isAnswered)
  }
  const temperature = asked.temperature ?? context.temperature
  const watcher =
    context.stream &&
    watcherOf(context.stream, signature, {
      node: pathWithin(context.at, planned.node.id),
      ...(id !== undefined && { predictor: id }),
      ...(rollout !== context.call.rollout && { sample: rollout }),
    })
  const question = async (asked: Asked) => ({
    signature: asked.signature,
    demos: await demosFor(asked.state, { signature: asked.signature, inputs: asked.inputs, context, call, record }),
    inputs: asked.inputs,
  })
  return predict(
    {
      ...(await question(asked)),
      ...(orHint !== undefined && { inWords: () => question(hintedQuestion(asked, orHint)) }),
      ...(state?.fields && { fields: state.fields }),
      adapter,
      jsonFallback,
      nativeTools,
      ...(asked.toolChoice && { toolChoice: asked.toolChoice }),
      lm,
      model,
      ...(context.extraction && { extraction: context.extraction }),
      ...(temperature !== undefined && { temperature }),
      ...(own && { own }),
      ...(isOneOfSeveral && { isOneOfSeveral }),
      call,
      ...(watcher && { watcher }),
    },
    record,
  )
}

/** A tool that stays in the code runner does the same whenever it is called; what others answer is kept. */
async function callOf({ context }: Step, { branch }: Place, tool: Tool, args: JsonObject): Promise<Json> {
  const { runner, tools } = context
  const { signal, purpose } = context.call
  if (isMocked(tool, purpose)) return mockedAnswer(tool, args)
  const kind = toolKindOf(tool)
  const work = (): Promise<Json> => kind.call(tool, args, { runner, signal, ...(tools?.host && { host: tools.host }) })
  if (tools?.keep === undefined || kind.reaches(tool).length === 0) return work()
  const path = `${branch.path}#${branch.toolCalls}`
  branch.toolCalls += 1
  const ready = (): Promise<void> => requireReach(tools.host, [tool])
  return tools.keep({ name: tool.name, args, path, isRepeatable: kind.isRepeatable(tool), ready, signal }, work)
}

/** Who watches the outputs of a predictor; undefined where none of them is watched. */
function watcherOf({ fields, tell }: StreamOptions, { fields: all }: Signature, whose: Omit<StreamTold, 'event'>): Watcher | undefined {
  const names = all.flatMap(({ name, role }) => (role === 'output' && (fields === 'all' || fields.includes(name)) ? [name] : []))
  return names.length === 0 ? undefined : { fields: new Set(names), tell: event => tell({ ...whose, event }) }
}

async function tryOnce(
  step: Step,
  place: Place,
  index: number,
  options: AttemptOptions,
  work: (inner: Scope) => Promise<Values>,
): Promise<Attempt> {
  const { context, planned } = step
  const child = place.branch.child({ kind: 'attempt', name: `${planned.node.name} · attempt ${index + 1}`, inputs: {} })
  child.isDiscarded = true
  const inner: Place = {
    branch: child,
    prefix: place.prefix === '' ? options.prefix : joinKeys(place.prefix, options.prefix),
    rollout: sampled(place.rollout, index, place.depth),
    depth: place.depth + 1,
    temperature: options.temperature,
    ...(options.hints && { hints: options.hints }),
  }
  const handle = {
    index,
    score(reward: number, feedback?: string) {
      child.reward = reward
      if (feedback !== undefined) child.inputs = { feedback }
    },
    keep() {
      child.isDiscarded = false
    },
    steps: (): readonly AttemptStep[] =>
      child.children.flatMap(({ kind, key = '', inputs, outputs }) => (kind === 'predict' && outputs ? [{ key, inputs, outputs }] : [])),
  }
  try {
    return { ...handle, outputs: await timed(child, context, () => work(scopeAt(step, inner))) }
  } catch (error) {
    if (!isStepFailure(error)) throw error
    return { ...handle, error }
  }
}

async function runBody({ planned, state, context, runGraph }: Step, place: Place, id: BodyId, inputs: Values): Promise<Values> {
  const body = planned.plannedBodies.get(id)
  if (body === undefined) throw new Error(`the step ${planned.node.name} has no body "${id}"`)
  const child = place.branch.child({ kind: 'body', name: body.name, inputs })
  const within = bodyPath(planned.node.id, id)
  const inner: ExecuteContext = {
    ...context,
    at: pathWithin(context.at, within),
    depth: place.depth,
    call: { ...context.call, rollout: place.rollout },
    ...(place.temperature !== undefined && { temperature: place.temperature }),
  }
  const program = { graph: body.graph, state: bodyState(state, within) }
  return timed(child, context, () => runGraph(program, inputs, inner, about => child.child(about)))
}

/** Runs the work of a span and notes how it ended. */
async function timed(span: SpanNode, { clock }: ExecuteContext, work: () => Promise<Values>): Promise<Values> {
  const start = clock.now()
  try {
    span.outputs = await work()
    return span.outputs
  } catch (error) {
    span.error = errorToJson(error)
    throw error
  } finally {
    span.ms = clock.now() - start
  }
}

/**
 * Which sample of the same request this is, for its key. The first try of everything keeps the number of the run, so that what was asked
 * before steps could sample is found again; the others get numbers that no run and no other level uses.
 */
function sampled(rollout: number, sample: number, depth: number): number {
  if (sample === 0) return rollout
  if (sample >= samplesPerLevel || depth > mostLevels)
    throw new EngineError(
      'graph-invalid',
      'A step tries more often, or is nested deeper, than a run can tell apart. Lower the number of attempts.',
    )
  return rollout + sample * rolloutsPerRun * samplesPerLevel ** (depth - 1)
}

const rolloutsPerRun = 2 ** 20
const samplesPerLevel = 2 ** 10
const mostLevels = 3

/** The same signature gives the same object, so that prompts are laid out once. */
function withHint(written: Signature): Signature {
  let signature = hintedSignatures.get(written)
  if (signature === undefined) {
    const inputs = written.fields.filter(({ role }) => role === 'input')
    const outputs = written.fields.filter(({ role }) => role === 'output')
    hintedSignatures.set(written, (signature = { ...written, fields: [...inputs, hintField, ...outputs] }))
  }
  return signature
}
const hintedSignatures = new WeakMap<Signature, Signature>()

/** Demos were made without advice, or with advice of their own. Differs: in DSPy those without count as incomplete under a hint. */
function hinted(demos: readonly Demo[]): readonly Demo[] {
  let shown = hintedDemos.get(demos)
  if (shown === undefined)
    hintedDemos.set(
      demos,
      (shown = demos.map(demo => (Object.hasOwn(demo, hintField.name) ? demo : { ...demo, [hintField.name]: noHint }))),
    )
  return shown
}
const hintedDemos = new WeakMap<readonly Demo[], readonly Demo[]>()

function ownModel(state: PredictorState | undefined): Pick<PredictorState, 'lm'> {
  return state?.lm === undefined ? {} : { lm: state.lm }
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
