import { vectorShape } from '@/engine/lm/vectors'
import type { StoredCall } from '@/engine/lm/call-store'
import { readStoredAnswer } from '@/engine/lm/stored-answer'
import type { Finish } from '@/engine/lm/lm'
import type { SpanCall } from '@/engine/trace/span'

/** A stored answer as it is shown: vectors by their number, since nobody reads them. */
export function answerText({ request, response }: Pick<StoredCall, 'request' | 'response'>): string {
  if (request.task !== 'embed') return readStoredAnswer(response).text
  const shape = vectorShape(response.text)
  if (shape === undefined) return response.text
  const numbers = `${shape.size.toLocaleString('en-US')} ${shape.size === 1 ? 'number' : 'numbers'}`
  return shape.count === 1 ? `1 vector of ${numbers}` : `${shape.count} vectors of ${numbers}`
}

/** Requests for vectors come before a step asks its question, and are no attempt at it. */
export function isQuestion(call: SpanCall): boolean {
  return call.format !== 'embedding'
}

/** How an answer ended, as a half sentence. */
export function finishWords(finish: Finish): string {
  return endings[finish]
}

const endings: Readonly<Record<Finish, string>> = {
  stop: 'ended by itself',
  length: 'cut off at the token limit',
  'tool-calls': 'ended to call tools',
  filter: 'stopped by a content filter',
  error: 'broken off by the provider',
}
