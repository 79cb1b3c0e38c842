import type { Adapter } from '../adapters/adapter'
import { jsonAdapter } from '../adapters/json'
import type { Values } from '../base/example'
import { isEngineError } from '../base/errors'
import type { Demo } from '../program/program'
import type { Lm, LmCall, LmRequest, LmSettings, ModelSpec, ResponseFormat } from '../lm/lm'
import type { Signature } from '../signature/signature'
import { askRecorded, type RecordCall } from './recorded-call'

/** One predictor about to be asked. */
export interface PredictStep {
  readonly signature: Signature
  readonly demos: readonly Demo[]
  readonly inputs: Values
  readonly adapter: Adapter
  readonly lm: Lm
  readonly model: ModelSpec
  /** Overrides the model's temperature, as later rounds of a bootstrap do. */
  readonly temperature?: number
  readonly call: LmCall
}

/**
 * Formats, asks, and reads the answer. An answer that cannot be read is asked for again in JSON: first with a schema, where
 * the model takes one, then as a free JSON object (DSPy: ChatAdapter falls back on JSONAdapter, which falls back once).
 * An answer that was cut off is not: the next format would meet the same limit.
 * Every request is handed to `record`, also the ones that failed. Throws the error of the last request.
 * Differs: a provider that refuses a response format (`lm-bad-request`) is asked in the next one, where DSPy gives up.
 */
export async function predict(step: PredictStep, record: RecordCall): Promise<Values> {
  const plans = requestPlans(step)
  for (const [index, plan] of plans.entries()) {
    try {
      return await ask(step, plan, record)
    } catch (error) {
      if (index === plans.length - 1 || !asksAgain(error, plan)) throw error
    }
  }
  throw new Error('a predictor has no request to make')
}

interface RequestPlan {
  /** As it stands in the trace: `chat`, `json`, `json-schema`, `json-object`. */
  readonly format: string
  readonly adapter: Adapter
  readonly responseFormat?: ResponseFormat
}

function requestPlans({ adapter, signature, lm }: PredictStep): readonly RequestPlan[] {
  const own = plansOf(adapter, signature, lm)
  return adapter.id === jsonAdapter.id ? own : [...own, ...plansOf(jsonAdapter, signature, lm)]
}

function plansOf(adapter: Adapter, signature: Signature, lm: Lm): readonly RequestPlan[] {
  const formats = adapter.responseFormats(signature, lm)
  if (formats.length === 0) return [{ format: adapter.id, adapter }]
  return formats.map(responseFormat => ({ format: responseFormat.type.replace('_', '-'), adapter, responseFormat }))
}

/** Failures of the way to the model are not the adapter's to repair: another format would meet the same failure. */
function asksAgain(error: unknown, plan: RequestPlan): boolean {
  if (!isEngineError(error)) return true
  if (error.code === 'lm-bad-request') return plan.responseFormat !== undefined
  return error.code === 'adapter-parse'
}

async function ask(step: PredictStep, plan: RequestPlan, record: RecordCall): Promise<Values> {
  const request: LmRequest = {
    model: step.model.model,
    messages: plan.adapter.format(step.signature, step.demos, step.inputs),
    settings: settingsOf(step),
    ...(plan.responseFormat && { responseFormat: plan.responseFormat }),
  }
  const { lm, call } = step
  return askRecorded({ lm, request, call, format: plan.format, record }, text => plan.adapter.parse(step.signature, text))
}

function settingsOf({ model, temperature }: PredictStep): LmSettings {
  return temperature === undefined ? model.settings : { ...model.settings, temperature }
}
