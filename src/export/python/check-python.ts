import { isEngineError } from '@/engine/base/errors'
import type { Example, Values } from '@/engine/base/example'
import type { Clock } from '@/engine/base/clock'
import type { BlobStore } from '@/engine/blobs/blob-store'
import { executeProgram } from '@/engine/graph/execute'
import { predictorsOf, type Predictor } from '@/engine/graph/predictors'
import type { Lm, LmRequest, ModelSpec } from '@/engine/lm/lm'
import { shownDemos } from '@/engine/modules/nearest-demos'
import { hintField, noHint } from '@/engine/modules/refine'
import { adviceSignature } from '@/engine/modules/refine-run'
import type { ModelId, PredictorState, Program } from '@/engine/program/program'
import { wireChatRequest } from '@/engine/providers/openai/openai-compatible'
import { blobReader, type ReadBlob } from '@/engine/providers/openai/wire-messages'
import type { Span, SpanCall } from '@/engine/trace/span'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { isJsonObject } from '@/lib/json'
import type { CheckedRow } from '../check-export'
import { plansFor, type Plan } from './frames'
import { ownWordsOf, predictorPlans, type MessagesSource } from './messages-json'
import { messagesOfPlan, type Rendered } from './render-plan'

export interface PythonCheckOptions extends Pick<MessagesSource, 'program' | 'models'> {
  readonly examples: readonly Example[]
  /** Answers as the studio's run would: through its cache. */
  readonly answer: (model: ModelSpec) => Lm
  readonly runner: CodeRunner
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly blobs?: Pick<BlobStore, 'get'>
}

/**
 * Runs rows through the studio's engine, and lays out each request again by the texts of messages.json, as adapter.py does. Python itself
 * does not run here: what it prints is held to this by the tests. Left out are questions of predictors that are asked in DSPy's own
 * words, and of those that find their demos by embeddings.
 */
export async function checkPython(options: PythonCheckOptions): Promise<readonly CheckedRow[]> {
  const rows: CheckedRow[] = []
  for (const example of options.examples) {
    options.signal?.throwIfAborted()
    rows.push(await checkedRow(options, example))
  }
  return rows
}

interface Sent {
  readonly body: string
  readonly predictor: string | undefined
  /** The answer, once it is there. */
  text: string
}

async function checkedRow(options: PythonCheckOptions, example: Example): Promise<CheckedRow> {
  const { program, models, answer, runner, clock, signal = new AbortController().signal } = options
  const readBlob = blobReader(options.blobs)
  const sent: Sent[] = []
  const recording = (model: ModelSpec): Lm => {
    const source = answer(model)
    return {
      get capabilities() {
        return source.capabilities
      },
      async generate(request, call) {
        if (request.kind === 'embed') return source.generate(request, call)
        const asked: Sent = { body: await bodyOf(request, readBlob), predictor: call.predictor, text: '' }
        sent.push(asked)
        const response = await source.generate(request, call)
        asked.text = response.text
        return response
      },
    }
  }
  const modelFor = (id: ModelId | undefined) => {
    const model = (id === undefined ? undefined : models.overrides[id]) ?? models.task
    return { lm: recording(model), model }
  }
  const extraction = models.extraction && { lm: recording(models.extraction), model: models.extraction }
  const call = { signal, rollout: 0, purpose: 'row' } as const
  const { trace, error } = await executeProgram(inWords(program), example.inputs, {
    clock,
    runner,
    modelFor,
    ...(extraction && { extraction }),
    call,
  })
  // A stop or a cap ends the check: half a row would be found equal to half a row.
  if (isEngineError(error, 'budget-exhausted') || isEngineError(error, 'run-stopped')) throw error
  const predictors = new Map(predictorsOf(program.graph).map(predictor => [predictor.id, predictor]))
  // Demos that are found by vectors cannot be found again without asking for these.
  const isLeft = (predictor: Predictor): boolean =>
    ownWordsOf(predictor, options) !== undefined || program.state[predictor.id]?.nearest?.embedder !== undefined
  const left = new Set([...predictors.values()].filter(isLeft).map(({ id }) => id))
  const studio = distinct(sent.filter(({ predictor }) => predictor === undefined || !left.has(predictor)).map(({ body }) => body))
  const rendered: string[] = []
  for (const span of trace) {
    if (span.calls.length === 0 || (span.predictor !== undefined && left.has(span.predictor))) continue
    const asked = questionOf(span, span.predictor === undefined ? undefined : predictors.get(span.predictor), options)
    if (asked) rendered.push(...(await renderedCalls(span, asked, sent, readBlob)))
  }
  const exported = distinct(rendered)
  return {
    exampleId: example.id,
    requests: studio.length,
    isEqual: studio.join('\n') === exported.join('\n'),
    studio: studio.join('\n'),
    exported: exported.join('\n'),
  }
}

interface Asked extends Rendered {
  readonly plans: readonly Plan[]
}

/** What a span asked, and by which plans. */
function questionOf(span: Span, predictor: Predictor | undefined, source: PythonCheckOptions): Asked | undefined {
  const { graph, state } = source.program
  if (predictor === undefined) {
    const around = predictorsOf(graph).find(({ step }) => step === span.node)
    if (around === undefined) return undefined
    return {
      plans: plansFor(around.graph, around.node, adviceSignature),
      instructions: adviceSignature.instructions,
      demos: [],
      inputs: span.inputs,
    }
  }
  const { plans, hinted } = predictorPlans(predictor, source)
  const isHinted = Object.hasOwn(span.inputs, hintField.name) && hinted !== undefined
  const signature = predictor.signature(state)
  const own = state[predictor.id]
  const demos = shownDemos(isHinted ? withHints(own) : own, signature, span.inputs)
  return { plans: isHinted ? hinted : plans, instructions: signature.instructions, demos, inputs: span.inputs }
}

function withHints(state: PredictorState | undefined): PredictorState | undefined {
  return (
    state && {
      ...state,
      demos: state.demos.map(demo => (Object.hasOwn(demo, hintField.name) ? demo : { ...demo, [hintField.name]: noHint })),
    }
  )
}

async function renderedCalls(span: Span, asked: Asked, sent: readonly Sent[], readBlob: ReadBlob): Promise<readonly string[]> {
  const bodies: string[] = []
  let first: string | undefined
  for (const call of span.calls) {
    const extraction = asked.plans[0]?.extraction
    const question =
      call.reads && extraction
        ? { plans: extraction.plans, instructions: extraction.instructions, demos: [], inputs: readInputs(extraction.answer, first) }
        : asked
    const plan = planFor(question.plans, call)
    if (plan === undefined) continue
    const body = await bodyOf({ ...emptyRequest, messages: messagesOfPlan(plan, question) }, readBlob, plan)
    bodies.push(body)
    if (!call.reads) first = sent.find(one => one.body === body)?.text
  }
  return bodies
}

function readInputs(name: string, text: string | undefined): Values {
  return { [name]: text ?? '' }
}

/** The plan that asks in the format of a call: one of those that follow each other, or what is asked where a format was refused. */
function planFor(plans: readonly Plan[], { format }: SpanCall): Plan | undefined {
  return plans.flatMap(plan => [plan, ...(plan.instead ? [plan.instead] : [])]).find(plan => plan.format === format)
}

const emptyRequest = { model: '', settings: {} } as const

/** Messages and response format, which are what adapter.py writes: the rest of a request is written by DSPy. */
async function bodyOf(request: Exclude<LmRequest, { kind: 'embed' }>, readBlob: ReadBlob, plan?: Plan): Promise<string> {
  const body: unknown = await wireChatRequest(request, readBlob)
  if (!isJsonObject(body)) throw new Error('a request is an object')
  const format = plan ? plan.responseFormat : body['response_format']
  return JSON.stringify({ messages: body['messages'] ?? null, ...(format !== undefined && { response_format: format }) })
}

/** Steps may run side by side, in any order. */
function distinct(bodies: readonly string[]): string[] {
  return [...new Set(bodies)].sort()
}

/** The program as the package runs it: its agents and its adapter describe tools in the prompt. */
function inWords({ graph, state }: Program): Program {
  const { nativeTools: _, ...own } = graph
  return { graph: own, state }
}
