import type { Adapter, Extraction } from '../adapters/adapter'
import { decisionRequest, type DecisionRequest } from '../adapters/decisions'
import { frameText } from '../adapters/frame-text'
import { pythonStr } from '@/lib/python-text'
import type { Values } from '../base/example'
import { onUse } from '../base/on-use'
import { EngineError, isEngineError } from '../base/errors'
import type { Demo } from '../program/program'
import type { ChatRequest, Lm, LmCall, LmSettings, ModelSpec, ResponseFormat } from '../lm/lm'
import type { Message } from '../lm/parts'
import type { JsonFallback } from '../program/json-fallback'
import type { DecisionFields, Evidences } from '../signature/decisions/decision'
import { decisionProblem } from '../signature/decisions/settings'
import type { Signature } from '../signature/signature'
import { nativeOutputs, type NativeOutputs } from './native-outputs'
import { askRecorded, type RecordCall } from './recorded-call'
import type { Watcher } from './streamed-answer'

/** Most runs are watched by nobody. */
const streaming = onUse(() => import('./streamed-answer'))

/** One predictor about to be asked. */
export interface PredictStep {
  readonly signature: Signature
  readonly demos: readonly Demo[]
  /** How its outputs are decided, where they are by probabilities. */
  readonly fields?: DecisionFields
  readonly inputs: Values
  readonly adapter: Adapter
  readonly jsonFallback: JsonFallback
  readonly lm: Lm
  readonly model: ModelSpec
  /** Who reads the outputs out of an answer in plain words, where the adapter has it so; the one that wrote it where it is absent. */
  readonly extraction?: { readonly lm: Lm; readonly model: ModelSpec }
  /** Overrides the model's temperature, as later rounds of a bootstrap do. */
  readonly temperature?: number
  /** Settings of the predictor's own: they go before all others. */
  readonly own?: Partial<LmSettings>
  /** True for one of several completions of the same request. */
  readonly isOneOfSeveral?: boolean
  readonly call: LmCall
  /** Set where somebody watches its outputs come. The values are the same. */
  readonly watcher?: Watcher
}

/**
 * Formats, asks, and reads the answer; one in plain words is read by a second question (see `Adapter.extraction`). An answer that cannot be read is asked for again in JSON as often as the program says: with a
 * schema, where the model takes one and one can say it, else as a free JSON object. An answer that was cut off is not: the next format
 * would meet the same limit. Every request is handed to `record`, also the ones that failed. Throws the error of the last request.
 * Differs: DSPy asks no second time once words have been shown; here the second answer is shown in place of the first, so that a watched run
 * gives what an unwatched one gives. And a provider that refuses a response format (`lm-bad-request`) is asked in the next one, where DSPy gives up.
 */
export async function predict(step: PredictStep, record: RecordCall): Promise<Values> {
  const request = decisionRequest(step.signature, step.fields)
  if (request === undefined && step.fields === undefined) return reply(step, record)
  const problem = decisionProblem(step.signature, step.fields)
  if (problem !== undefined) throw new EngineError('params-invalid', problem, { path: 'fields' })
  return request ? request.decided(await reply(asDecision(step, request), record)) : reply(step, record)
}

/**
 * Asks for probabilities. Differs: DSPy streams nothing of a step with decisions; here its other outputs are.
 */
function asDecision(step: PredictStep, request: DecisionRequest): AnsweredStep {
  const { watcher, ...unwatched } = step
  const names = new Set(request.decisions.map(({ field }) => field.name))
  const fields = new Set([...(watcher?.fields ?? [])].filter(name => !names.has(name)))
  return {
    ...unwatched,
    signature: request.signature(step.demos),
    demos: [],
    ...(watcher && fields.size > 0 && { watcher: { ...watcher, fields } }),
    evidenceIn: request.evidence,
  }
}

async function reply(step: AnsweredStep, record: RecordCall): Promise<Values> {
  const { extraction } = step.adapter
  return extraction ? extracted(step, extraction, record) : answered(withNative(step), record)
}

/** Without the outputs that the model gives beside its words. */
function withNative(step: AnsweredStep): AnsweredStep {
  const native = nativeOutputs(step.signature, { model: step.model.model, settings: settingsOf(step) })
  return native ? { ...step, signature: native.signature, native } : step
}

interface AnsweredStep extends PredictStep {
  readonly native?: NativeOutputs
  /** Tells what an answer says of decisions. */
  readonly evidenceIn?: DecisionRequest['evidence']
}

async function extracted(step: AnsweredStep, { adapter, signature }: Extraction, record: RecordCall): Promise<Values> {
  const inputs = await answered(step, record)
  const text = pythonStr(Object.values(inputs)[0] ?? '')
  // The same words hold the same values, whatever sample of the first answer they are.
  const { temperature: _, ...shared } = step
  const call = { ...step.call, rollout: 0 }
  const question = { ...shared, ...step.extraction, adapter, signature: signature(step.signature), demos: [], inputs, call }
  try {
    return await answered(question, (call, isAnswered) => record({ ...call, reads: true }, isAnswered))
  } catch (error) {
    if (!isEngineError(error, 'adapter-parse')) throw error
    throw new EngineError('adapter-parse', error.message, { ...error.facts, text, adapter: step.adapter.id })
  }
}

async function answered(step: AnsweredStep, record: RecordCall): Promise<Values> {
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

/** How many requests may follow an answer that cannot be read, refusals and retries not counted. */
export function mostAgain(written: Question): number {
  const question = asAsked(written, [])
  return requestPlans(extractionOf(question) ?? question).length - 1
}

/** A request as it would be made. */
export interface PlannedRequest {
  /** As it stands in the trace: `chat`, `json-schema`. */
  readonly format: string
  readonly messages: readonly Message[]
  readonly responseFormat?: ResponseFormat
  /** Sent in any case, to read the answer to the first; absent for the first, and for what is sent where an answer cannot be read. */
  readonly reads?: true
}

/**
 * What a question sends, and behind it what it would send where the answers cannot be read. The second question of two stands with words
 * in place of the answer that it reads.
 */
export function plannedRequests(written: Question, given: readonly Demo[], inputs: Values): readonly PlannedRequest[] {
  const question = asAsked(written, given)
  const demos = question === written ? given : []
  const second = extractionOf(question)
  const own = requestPlans(question).map(plan => planned(plan, question.signature, demos, inputs))
  if (second === undefined) return own
  const answer = Object.fromEntries(
    second.signature.fields.flatMap(({ role, name }) => (role === 'input' ? [[name, frameText.answerHere]] : [])),
  )
  const later = requestPlans(second).map((plan, at): PlannedRequest => {
    const request = planned(plan, second.signature, [], answer)
    return at === 0 ? { ...request, reads: true } : request
  })
  return [...own, ...later]
}

function planned(
  { format, adapter, responseFormat }: RequestPlan,
  signature: Signature,
  demos: readonly Demo[],
  inputs: Values,
): PlannedRequest {
  return { format, messages: adapter.format(signature, demos, inputs), ...(responseFormat && { responseFormat }) }
}

/** The question that reads the answer to this one. */
function extractionOf(question: Question): Question | undefined {
  const { extraction } = question.adapter
  return extraction && { ...question, adapter: extraction.adapter, signature: extraction.signature(question.signature) }
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

/** With probabilities asked for in place of decisions. */
function asAsked(question: Question, demos: readonly Demo[]): Question {
  const request = decisionRequest(question.signature, question.fields)
  return request ? { ...question, signature: request.signature(demos) } : question
}

export interface Question extends Pick<PredictStep, 'adapter' | 'jsonFallback' | 'signature' | 'fields'> {
  readonly lm: Pick<Lm, 'capabilities'>
}

function requestPlans({ adapter, jsonFallback, signature, lm }: Question): readonly RequestPlan[] {
  const own = plansOf(adapter, signature, lm)
  const json = adapter.fallback ? plansOf(adapter.fallback, signature, lm) : []
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

async function ask(step: AnsweredStep, plan: RequestPlan, record: RecordCall): Promise<Values> {
  const request: ChatRequest = {
    model: step.model.model,
    messages: plan.adapter.format(step.signature, step.demos, step.inputs),
    settings: settingsOf(step),
    ...(plan.responseFormat && { responseFormat: plan.responseFormat }),
  }
  const { lm, watcher } = step
  const streamed = watcher && (await streaming()).streamedAnswer(plan.adapter.id, step.signature, watcher)
  const call = streamed ? { ...step.call, onDelta: streamed.onDelta } : step.call
  const { evidenceIn } = step
  const noted = evidenceIn && { noted: (values: Values) => someEvidence(evidenceIn(values)) }
  const asked = {
    lm,
    request,
    call,
    format: plan.format,
    record,
    ...noted,
    ...(plan.isAgain && { isAgain: true }),
    ...(streamed && { streamed }),
  }
  const values = await askRecorded(asked, (answer, key) => {
    const { text } = answer
    const read = (): Values => {
      const written = plan.adapter.parse(step.signature, text)
      return step.native ? step.native.fill(written, answer) : written
    }
    return lm.reading ? lm.reading.read({ key, text }, read) : read()
  })
  streamed?.finish(values)
  return values
}

function someEvidence(evidence: Evidences): { readonly evidence?: Evidences } {
  return Object.keys(evidence).length === 0 ? {} : { evidence }
}

/**
 * The settings of the model, under those of the run and of the predictor. Several completions of one request are not asked for without
 * chance: where no temperature says otherwise, at 0.7. An own temperature of 0 does not count for that rule, as in DSPy, and is sent where
 * the model's own says enough. Source: dspy-spec §3.1.
 */
function settingsOf({ model, temperature, own, isOneOfSeveral }: PredictStep): LmSettings {
  const given = temperature === undefined ? model.settings : { ...model.settings, temperature }
  const settings = own === undefined ? given : { ...given, ...own }
  if (!isOneOfSeveral) return settings
  const chance = own?.temperature || given.temperature
  return chance === undefined || chance <= leastChance ? { ...settings, temperature: 0.7 } : settings
}
const leastChance = 0.15
