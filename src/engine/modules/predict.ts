import type { Adapter } from '../adapters/adapter'
import { jsonAdapter } from '../adapters/json'
import type { Values } from '../base/example'
import { onUse } from '../base/on-use'
import { isEngineError } from '../base/errors'
import type { Demo } from '../program/program'
import type { ChatRequest, Lm, LmCall, LmSettings, ModelSpec, ResponseFormat } from '../lm/lm'
import type { Message } from '../lm/parts'
import type { JsonFallback } from '../program/json-fallback'
import type { Signature } from '../signature/signature'
import { askRecorded, type RecordCall } from './recorded-call'
import type { Watcher } from './streamed-answer'

/** Most runs are watched by nobody. */
const streaming = onUse(() => import('./streamed-answer'))

/** One predictor about to be asked. */
export interface PredictStep {
  readonly signature: Signature
  readonly demos: readonly Demo[]
  readonly inputs: Values
  readonly adapter: Adapter
  readonly jsonFallback: JsonFallback
  readonly lm: Lm
  readonly model: ModelSpec
  /** Overrides the model's temperature, as later rounds of a bootstrap do. */
  readonly temperature?: number
  readonly call: LmCall
  /** Set where somebody watches its outputs come. The values are the same. */
  readonly watcher?: Watcher
}

/**
 * Formats, asks, and reads the answer. An answer that cannot be read is asked for again in JSON as often as the program says: with a
 * schema, where the model takes one and one can say it, else as a free JSON object. An answer that was cut off is not: the next format
 * would meet the same limit. Every request is handed to `record`, also the ones that failed. Throws the error of the last request.
 * Differs: DSPy asks no second time once words have been shown; here the second answer is shown in place of the first, so that a watched run
 * gives what an unwatched one gives. And a provider that refuses a response format (`lm-bad-request`) is asked in the next one, where DSPy gives up.
 */
export async function predict(step: PredictStep, record: RecordCall): Promise<Values> {
  const [first, ...later] = requestPlans(step)
  if (first === undefined) throw new Error('a predictor has no request to make')
  let plan = first
  for (;;) {
    try {
      return await ask(step, plan, record)
    } catch (error) {
      const next = isRefusedFormat(error, plan) ? (later.shift() ?? plan.instead) : isUnreadable(error) ? later.shift() : undefined
      if (next === undefined) throw error
      plan = plan.isAgain || isUnreadable(error) ? { ...next, isAgain: true } : next
    }
  }
}

/** How many requests a question takes at most, refusals and retries not counted. */
export function mostRequests(
  adapter: Adapter,
  jsonFallback: JsonFallback,
  asked: { readonly signature: Signature; readonly lm: Pick<Lm, 'capabilities'> },
): number {
  return requestPlans({ adapter, jsonFallback, ...asked }).length
}

/** A request as it would be made. */
export interface PlannedRequest {
  /** As it stands in the trace: `chat`, `json-schema`. */
  readonly format: string
  readonly messages: readonly Message[]
  readonly responseFormat?: ResponseFormat
}

/** What a question sends, and behind it what it would send where the answers cannot be read. */
export function plannedRequests(question: Question, demos: readonly Demo[], inputs: Values): readonly PlannedRequest[] {
  return requestPlans(question).map(({ format, adapter, responseFormat }) => ({
    format,
    messages: adapter.format(question.signature, demos, inputs),
    ...(responseFormat && { responseFormat }),
  }))
}

interface RequestPlan {
  /** As it stands in the trace: `chat`, `json`, `json-schema`, `json-object`. */
  readonly format: string
  readonly adapter: Adapter
  readonly responseFormat?: ResponseFormat
  /** For a provider that refuses the format in words nobody understands. */
  readonly instead?: RequestPlan
  readonly isAgain?: boolean
}

export interface Question extends Pick<PredictStep, 'adapter' | 'jsonFallback' | 'signature'> {
  readonly lm: Pick<Lm, 'capabilities'>
}

function requestPlans({ adapter, jsonFallback, signature, lm }: Question): readonly RequestPlan[] {
  const own = plansOf(adapter, signature, lm)
  const json = adapter.id === jsonAdapter.id ? [] : plansOf(jsonAdapter, signature, lm)
  if (jsonFallback === 'twice') return [...own, ...json]
  return [...own.slice(0, 1), ...(jsonFallback === 'once' ? json.slice(0, 1) : [])]
}

/** In the order of choice, each with the next one behind it. */
function plansOf(adapter: Adapter, signature: Signature, lm: Pick<Lm, 'capabilities'>): readonly RequestPlan[] {
  const formats = adapter.responseFormats(signature, lm)
  if (formats.length === 0) return [{ format: adapter.id, adapter }]
  const plans: RequestPlan[] = []
  for (const responseFormat of formats.toReversed()) {
    const [instead] = plans
    plans.unshift({ format: responseFormat.type.replace('_', '-'), adapter, responseFormat, ...(instead && { instead }) })
  }
  return plans
}

function isRefusedFormat(error: unknown, plan: RequestPlan): boolean {
  return isEngineError(error, 'lm-bad-request') && plan.responseFormat !== undefined
}

/** Failures of the way to the model are not the adapter's to repair: another format would meet the same failure. */
function isUnreadable(error: unknown): boolean {
  return isEngineError(error, 'adapter-parse')
}

async function ask(step: PredictStep, plan: RequestPlan, record: RecordCall): Promise<Values> {
  const request: ChatRequest = {
    model: step.model.model,
    messages: plan.adapter.format(step.signature, step.demos, step.inputs),
    settings: settingsOf(step),
    ...(plan.responseFormat && { responseFormat: plan.responseFormat }),
  }
  const { lm, watcher } = step
  const streamed = watcher && (await streaming()).streamedAnswer(plan.adapter.id, step.signature, watcher)
  const call = streamed ? { ...step.call, onDelta: streamed.onDelta } : step.call
  const asked = { lm, request, call, format: plan.format, record, ...(plan.isAgain && { isAgain: true }), ...(streamed && { streamed }) }
  const values = await askRecorded(asked, ({ text }, key) => {
    const read = (): Values => plan.adapter.parse(step.signature, text)
    return lm.reading ? lm.reading.read({ key, text }, read) : read()
  })
  streamed?.finish(values)
  return values
}

function settingsOf({ model, temperature }: PredictStep): LmSettings {
  return temperature === undefined ? model.settings : { ...model.settings, temperature }
}
