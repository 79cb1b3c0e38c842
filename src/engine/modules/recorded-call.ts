import { EngineError, errorToJson, isEngineError } from '../base/errors'
import type { CallKey, Lm, LmAnswer, LmCall, LmRequest, LmResponse, Usage } from '../lm/lm'
import { addressedTo, callKey } from '../lm/kept/request-key'
import { isKnownRefusal } from '../lm/tools-refused'
import { cutUsage } from '../lm/usage'
import type { SpanCall } from '../trace/span'
import type { StreamedAnswer } from './streamed-answer'

/** `isAnswered` is false where the way to the model failed; an answer that could not be read is an answer. */
export type RecordCall = (call: SpanCall, isAnswered: boolean) => void

export interface RecordedCall<T> {
  readonly lm: Lm
  readonly request: LmRequest
  readonly call: LmCall
  /** As it stands in the trace. */
  readonly format: string
  /** True where an answer before could not be read. */
  readonly isAgain?: boolean
  readonly record: RecordCall
  /** What of the answer stands in the trace beside it. */
  readonly noted?: (value: T) => Pick<SpanCall, 'evidence'>
  /** Where its answer comes in pieces. */
  readonly streamed?: Pick<StreamedAnswer, 'letters' | 'cut'>
}

/**
 * Sends one request and reads its answer; the outcome, whatever it is, is handed to `record` first. Throws what the LM or `read` throws, and
 * `lm-cut` or `lm-content-filter` for an answer that did not come to its end.
 * Differs: DSPy warns of a cut answer and reads on; half an answer, repaired to look like a whole one, would become a score or a demo.
 */
export async function askRecorded<T>(
  { lm, call, format, isAgain, record, noted, streamed, ...asked }: RecordedCall<T>,
  read: (answer: LmAnswer, key: CallKey) => T | Promise<T>,
): Promise<T> {
  const request = addressedTo(lm, asked.request)
  const { entry } = lm
  const key = callKey(request, call.rollout)
  const seen = { key, format, ...(isAgain && { again: true as const }), model: request.model, ...(entry !== undefined && { entry }) }
  let response: LmResponse
  try {
    response = await lm.generate(request, call)
  } catch (error) {
    if (isKnownRefusal(error)) throw error
    const letters = call.signal.aborted ? (streamed?.letters ?? 0) : 0
    if (letters > 0) {
      streamed?.cut()
      const usage = cutUsage(request, letters)
      record({ ...seen, cached: false, attempts: 1, failedAttempts: 0, usage, ms: 0, error: errorToJson(error), cut: true }, false)
      throw error
    }
    const attempts = attemptsOf(error)
    record({ ...seen, cached: false, attempts, failedAttempts: attempts, usage: noUsage, ms: 0, error: errorToJson(error) }, false)
    throw error
  }
  const { cached, attempts, failedAttempts = 0, usage, cost, ms, finish } = response
  const paid = cost === undefined ? {} : { cost }
  const answered = { ...seen, cached, attempts, failedAttempts, usage, ...paid, ms, ...(finish !== 'stop' && { finish }) }
  let value: T
  try {
    throwUnlessWhole(response, request)
    value = await read(response, key)
  } catch (error) {
    record({ ...answered, error: errorToJson(error) }, true)
    throw error
  }
  record({ ...answered, ...noted?.(value) }, true)
  return value
}

function throwUnlessWhole({ finish, text }: LmResponse, request: LmRequest): void {
  if (finish === 'stop' || finish === 'tool-calls') return
  const { model } = request
  const maxTokens = request.kind === 'embed' ? undefined : request.settings.maxTokens
  const facts = { finish, isRetryable: false }
  if (finish === 'length') {
    const limit = maxTokens === undefined ? 'its token limit' : `the limit of ${maxTokens} tokens`
    const where = text.trim() === '' ? 'before it began to answer' : 'in the middle of its answer'
    throw new EngineError(
      'lm-cut',
      `"${model}" reached ${limit} ${where}. Raise max tokens in the model's settings, or ask for less.`,
      facts,
    )
  }
  if (finish === 'filter')
    throw new EngineError(
      'lm-content-filter',
      `A content filter stopped the answer of "${model}" before its end. Reword the prompt, or choose another model.`,
      facts,
    )
  throw new EngineError(
    'lm-bad-response',
    `The provider broke off this answer of "${model}" with an error. Clear the call cache, then run again.`,
    facts,
  )
}

function attemptsOf(error: unknown): number {
  const attempts = isEngineError(error) ? error.facts['attempts'] : undefined
  return typeof attempts === 'number' ? attempts : 1
}

const noUsage: Usage = { inputTokens: 0, outputTokens: 0 }
