import type { Adapter } from '../adapters/adapter'
import { jsonAdapter } from '../adapters/json'
import type { Values } from '../data/example'
import { errorToJson, isEngineError } from '../errors'
import type { Demo } from '../graph/program'
import type { Lm, LmCall, LmRequest, LmResponse, LmSettings, ModelSpec, ResponseFormat, Usage } from '../lm/lm'
import { callKey } from '../lm/request-key'
import type { Signature } from '../signature/signature'
import type { SpanCall } from '../trace/span'
import type { ModuleKind } from './module'

/** DSPy's `Predict`: one question to the model, with the signature as it is written. */
export const predictModule: ModuleKind = {
  id: 'predict',
  title: 'Predict',
  help: 'Asks the model once for the outputs of the signature.',
  dspyName: 'Predict',
  predictors: [{ key: '', dspyPath: '' }],
  addedOutputs: [],
  signatureOf: (_key, written) => written,
  run: (inputs, call) => call('', inputs),
}

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

/** `isAnswered` is false where the way to the model failed; an answer that could not be read is an answer. */
export type RecordCall = (call: SpanCall, isAnswered: boolean) => void

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
  const seen = { key: callKey(request, step.call.rollout), format: plan.format, model: step.model.model }
  let response: LmResponse
  try {
    response = await step.lm.generate(request, step.call)
  } catch (error) {
    const attempts = attemptsOf(error)
    record({ ...seen, cached: false, attempts, failedAttempts: attempts, usage: noUsage, ms: 0, error: errorToJson(error) }, false)
    throw error
  }
  const { cached, attempts, failedAttempts = 0, usage, ms } = response
  const answered = { ...seen, cached, attempts, failedAttempts, usage, ms }
  try {
    const values = plan.adapter.parse(step.signature, response.text)
    record(answered, true)
    return values
  } catch (error) {
    record({ ...answered, error: errorToJson(error) }, true)
    throw error
  }
}

function settingsOf({ model, temperature }: PredictStep): LmSettings {
  return temperature === undefined ? model.settings : { ...model.settings, temperature }
}

export function attemptsOf(error: unknown): number {
  const attempts = isEngineError(error) ? error.facts['attempts'] : undefined
  return typeof attempts === 'number' ? attempts : 1
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0 }
