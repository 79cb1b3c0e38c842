import type { Adapter, Extraction } from '../adapters/adapter'
import { decisionRequest, type DecisionRequest } from '../adapters/decisions'
import { frameText } from '../adapters/frame-text'
import { pythonStr } from '@/lib/python-text'
import type { Values } from '../base/example'
import { onUse } from '../base/on-use'
import { EngineError, isEngineError } from '../base/errors'
import type { Demo } from '../program/program'
import type { ChatRequest, Lm, LmCall, LmSettings, ModelSpec, ResponseFormat, ToolOffer } from '../lm/lm'
import type { Message } from '../lm/parts'
import { toolsRefused } from '../lm/tools-refused'
import type { JsonFallback } from '../program/json-fallback'
import type { DecisionFields, Evidences } from '../signature/decisions/decision'
import { decisionProblem } from '../signature/decisions/settings'
import type { Signature } from '../signature/signature'
import { nativeOutputs, type NativeOutputs } from './native-outputs'
import { nativeTools, type NativeTools } from './native-tools'
import { askRecorded, type RecordCall } from './recorded-call'
import type { Watcher } from './streamed-answer'

/** Most runs are watched by nobody. */
const streaming = onUse(() => import('./streamed-answer'))

type WordedQuestion = Pick<PredictStep, 'signature' | 'demos' | 'inputs'>

/** One predictor about to be asked. */
export interface PredictStep {
  readonly signature: Signature
  readonly demos: readonly Demo[]
  /** How its outputs are decided, where they are by probabilities. */
  readonly fields?: DecisionFields
  readonly inputs: Values
  readonly adapter: Adapter
  readonly jsonFallback: JsonFallback
  /** Tools among the inputs are offered to the model, where it takes them: see `NativeTools`. */
  readonly nativeTools?: boolean
  /** The tool that has to be called, of those that are offered. */
  readonly toolChoice?: string
  /** What is asked otherwise where no tools are offered. */
  readonly inWords?: () => Promise<WordedQuestion>
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
  const { watcher, inWords: hinted, ...unwatched } = step
  const names = new Set(request.decisions.map(({ field }) => field.name))
  const fields = new Set([...(watcher?.fields ?? [])].filter(name => !names.has(name)))
  return {
    ...unwatched,
    signature: request.signature(step.demos),
    demos: [],
    ...(watcher && fields.size > 0 && { watcher: { ...watcher, fields } }),
    ...(hinted && { inWords: async () => asDecisionQuestion(await hinted(), step.fields) }),
    evidenceIn: request.evidence,
  }
}

function asDecisionQuestion(question: WordedQuestion, fields: DecisionFields | undefined): WordedQuestion {
  const request = decisionRequest(question.signature, fields)
  return request ? { ...question, signature: request.signature(question.demos), demos: [] } : question
}

async function reply(step: AnsweredStep, record: RecordCall): Promise<Values> {
  const { extraction } = step.adapter
  if (extraction) return extracted(await inWords(step), extraction, record)
  if (toolsOf(step) === undefined) return answered(withNative(await inWords(step)), record)
  try {
    return await answered(withNative(step), record)
  } catch (error) {
    // A provider that refuses tools may say so in words that nobody understands.
    if (!isEngineError(error, 'lm-bad-request')) throw error
    return answered(withNative(await inWords(step)), record)
  }
}

/** The question without tools on offer. */
async function inWords(step: AnsweredStep): Promise<AnsweredStep> {
  return { ...step, ...(await step.inWords?.()), nativeTools: false }
}

/** Without the outputs that the model gives beside its words, and without tools that it is offered. */
function withNative(step: AnsweredStep): AnsweredStep {
  const tools = toolsOf(step)
  const asked: AnsweredStep = tools ? { ...step, signature: tools.signature, tools, offers: tools.offers(step.inputs) } : step
  const about = { model: step.model.model, settings: settingsOf(asked), hasTools: tools !== undefined }
  const native = nativeOutputs(asked.signature, about)
  return native ? { ...asked, signature: native.signature, native } : asked
}

/** Differs: where a second request reads the answer, DSPy offers tools with the first; here they are asked for in words. */
function toolsOf({ adapter, lm, nativeTools: isOn, signature }: Question): NativeTools | undefined {
  return isOn && lm.capabilities.tools && !adapter.extraction ? nativeTools(signature) : undefined
}

interface AnsweredStep extends PredictStep {
  readonly native?: NativeOutputs
  /** Tells what an answer says of decisions. */
  readonly evidenceIn?: DecisionRequest['evidence']
  readonly tools?: NativeTools
  readonly offers?: readonly ToolOffer[]
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
      if (toolsRefused(error)) throw error
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
  readonly tools?: readonly ToolOffer[]
  /** Sent in any case, to read the answer to the first; absent for the first, and for what is sent where an answer cannot be read. */
  readonly reads?: true
}

/**
 * What a question sends, and behind it what it would send where the answers cannot be read. The second question of two stands with words
 * in place of the answer that it reads. `model` says which outputs it gives beside its words; without it all are asked for.
 */
export function plannedRequests(
  written: Question & { readonly model?: Pick<ModelSpec, 'model' | 'settings'> },
  given: readonly Demo[],
  inputs: Values,
): readonly PlannedRequest[] {
  const question = asAsked(written, given)
  const demos = question === written ? given : []
  const second = extractionOf(question)
  const tools = toolsOf(question)
  const offers = tools?.offers(inputs)
  const asked = tools?.signature ?? question.signature
  const about = second ? undefined : question.model
  const signature = (about && nativeOutputs(asked, { ...about, hasTools: tools !== undefined })?.signature) ?? asked
  const own = requestPlans({ ...question, signature }).map(plan => planned(plan, signature, demos, inputs, offers))
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
  tools?: readonly ToolOffer[],
): PlannedRequest {
  const messages = adapter.format(signature, demos, inputs, { nativeTools: tools !== undefined })
  return { format, messages, ...(responseFormat && { responseFormat }), ...(tools && { tools }) }
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
function asAsked<Q extends Question>(question: Q, demos: readonly Demo[]): Q {
  const request = decisionRequest(question.signature, question.fields)
  return request ? { ...question, signature: request.signature(demos) } : question
}

export interface Question extends Pick<PredictStep, 'adapter' | 'jsonFallback' | 'nativeTools' | 'signature' | 'fields'> {
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
    messages: plan.adapter.format(step.signature, step.demos, step.inputs, { nativeTools: step.offers !== undefined }),
    settings: settingsOf(step),
    ...(plan.responseFormat && { responseFormat: plan.responseFormat }),
    ...(step.offers && step.offers.length > 0 && { tools: step.offers, ...(step.toolChoice && { toolChoice: step.toolChoice }) }),
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
    const { native, tools } = step
    const parsed = (): Values => plan.adapter.parse(step.signature, text)
    const read = (): Values => {
      if (tools) return tools.fill(answer, parsed, native)
      const written = parsed()
      return native ? native.fill(written, answer) : written
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
 * the model's own says enough. Who has to call one tool does not think before, as in DSPy: models refuse both at once. Source: dspy-spec §3.1, §3.4.
 */
function settingsOf({ model, temperature, own, isOneOfSeveral, offers, toolChoice }: AnsweredStep): LmSettings {
  const given = temperature === undefined ? model.settings : { ...model.settings, temperature }
  const { reasoningEffort, ...others } = { ...given, ...own }
  const thinks = reasoningEffort !== undefined && (offers === undefined || toolChoice === undefined)
  const settings: LmSettings = thinks ? { ...others, reasoningEffort } : others
  if (!isOneOfSeveral) return settings
  const chance = own?.temperature || given.temperature
  return chance === undefined || chance <= leastChance ? { ...settings, temperature: 0.7 } : settings
}
const leastChance = 0.15
