import { errorToJson, isEngineError } from '../errors'
import type { Lm, LmCall, LmRequest, LmResponse, Usage } from '../lm/lm'
import { addressedTo, callKey } from '../lm/request-key'
import type { SpanCall } from '../trace/span'

/** `isAnswered` is false where the way to the model failed; an answer that could not be read is an answer. */
export type RecordCall = (call: SpanCall, isAnswered: boolean) => void

export interface RecordedCall {
  readonly lm: Lm
  readonly request: LmRequest
  readonly call: LmCall
  /** As it stands in the trace. */
  readonly format: string
  readonly record: RecordCall
}

/** Sends one request and reads its answer; whatever becomes of it is handed to `record` first. Throws what the LM or `read` throws. */
export async function askRecorded<T>({ lm, call, format, record, ...asked }: RecordedCall, read: (text: string) => T): Promise<T> {
  const request = addressedTo(lm, asked.request)
  const seen = { key: callKey(request, call.rollout), format, model: request.model }
  let response: LmResponse
  try {
    response = await lm.generate(request, call)
  } catch (error) {
    const attempts = attemptsOf(error)
    record({ ...seen, cached: false, attempts, failedAttempts: attempts, usage: noUsage, ms: 0, error: errorToJson(error) }, false)
    throw error
  }
  const { cached, attempts, failedAttempts = 0, usage, ms } = response
  const answered = { ...seen, cached, attempts, failedAttempts, usage, ms }
  let value: T
  try {
    value = read(response.text)
  } catch (error) {
    record({ ...answered, error: errorToJson(error) }, true)
    throw error
  }
  record(answered, true)
  return value
}

function attemptsOf(error: unknown): number {
  const attempts = isEngineError(error) ? error.facts['attempts'] : undefined
  return typeof attempts === 'number' ? attempts : 1
}

const noUsage: Usage = { inputTokens: 0, outputTokens: 0 }
