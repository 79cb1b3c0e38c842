import type { Adapter } from '../../adapters/adapter'
import type { Values } from '../../base/example'
import { isEngineError, isFatalError, isInfrastructureError } from '../../base/errors'
import type { ChatRequest, Lm, LmCall, ModelSpec } from '../../lm/lm'
import type { Message } from '../../lm/parts'
import { predict } from '../../modules/predict'
import { askRecorded, type RecordCall } from '../../modules/recorded-call'
import { addressedTo, callKey } from '../../lm/kept/request-key'
import type { JsonFallback } from '../../program/json-fallback'
import type { Signature } from '../../signature/signature'
import type { SpanCall } from '../../trace/span'
import type { CallLog } from '../recording/call-log'
import type { Asked, AskOptions, RunContext } from '../../optimizers/kit/run-context'
import type { RunModels } from '../../record/spec'

/** Roles that answer in words. */
type AskedRole = NonNullable<AskOptions['role']> | 'judge'

export interface AskerParts {
  readonly models: RunModels
  /** The program's choice, for questions of optimizers, too. */
  readonly jsonFallback: JsonFallback
  readonly adapter: Adapter
  readonly lmOf: (model: ModelSpec) => Lm
  readonly callLog: CallLog
  /** The number of the next batch: an ask is a batch of its own, numbered the moment it is made. */
  readonly nextBatch: () => number
  /** Runs one piece of work, once the run is not paused. */
  readonly piece: <T>(work: () => Promise<T>) => Promise<T>
  readonly signal: AbortSignal
}

/** Calls to a model outside of the program: same cache, caps, places and record as its steps. */
export function createAsker(parts: AskerParts): Pick<RunContext<unknown>, 'ask' | 'askText'> {
  async function asked<T>(options: AskOptions, work: (model: ModelSpec, call: LmCall, record: RecordCall) => Promise<T>): Promise<T> {
    const { purpose, role = 'prompt', predictor, rollout = 0 } = options
    const batch = parts.nextBatch()
    const record: RecordCall = (call, isAnswered) => parts.callLog.add({ purpose, role, batch }, predictor, call, isAnswered)
    const model = modelFor(parts.models, role)
    const about = { signal: parts.signal, rollout, purpose, ...(predictor !== undefined && { predictor }) }
    try {
      const result = await parts.piece(() => work(model, about, record))
      parts.callLog.settle(batch)
      return result
    } catch (error) {
      if (options.mayFail || isRefusal(error)) parts.callLog.settle(batch)
      throw error
    }
  }

  return {
    ask: (signature: Signature, inputs: Values, options: AskOptions): Promise<Asked> =>
      asked(options, async (model, call, record) => {
        const { demos = [], temperature } = options
        const lm = parts.lmOf(model)
        let last: SpanCall | undefined
        const step = {
          signature,
          demos,
          inputs,
          adapter: parts.adapter,
          jsonFallback: parts.jsonFallback,
          lm,
          model,
          call,
          ...(temperature !== undefined && { temperature }),
        }
        const values = await predict(step, (one, isAnswered) => {
          last = one
          record(one, isAnswered)
        })
        return { values, call: last?.key ?? '' }
      }),
    askText: (messages: readonly Message[], options) =>
      asked(options, async (model, call, record) => {
        const { temperature } = options
        const settings = temperature === undefined ? model.settings : { ...model.settings, temperature }
        const lm = parts.lmOf(model)
        const request: ChatRequest = addressedTo(lm, { model: model.model, messages, settings })
        const text = await askRecorded({ lm, request, call, format: 'text', record }, answer => answer.text)
        return { text, call: callKey(request, call.rollout) }
      }),
  }
}

export function modelFor({ task, prompt, teacher, reflection, judge }: RunModels, role: AskedRole): ModelSpec {
  switch (role) {
    case 'task':
      return task
    case 'teacher':
      return teacher ?? task
    case 'prompt':
      return prompt
    case 'reflection':
      return reflection ?? prompt
    case 'judge':
      return judge ?? prompt
  }
}

/** The provider said no to this request alone; asked again, it would say the same. */
function isRefusal(error: unknown): boolean {
  return isEngineError(error) && error.code.startsWith('lm-') && !isInfrastructureError(error.code) && !isFatalError(error.code)
}
