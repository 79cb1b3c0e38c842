import { vectorShape } from '@/engine/lm/vectors'
import type { StoredCall } from '@/engine/run/ports'
import type { SpanCall } from '@/engine/trace/span'

/** A stored answer as it is shown: vectors by their number, since nobody reads them. */
export function answerText({ request, response }: Pick<StoredCall, 'request' | 'response'>): string {
  const shape = request.task === 'embed' ? vectorShape(response.text) : undefined
  if (shape === undefined) return response.text
  const numbers = `${shape.size.toLocaleString('en-US')} ${shape.size === 1 ? 'number' : 'numbers'}`
  return shape.count === 1 ? `1 vector of ${numbers}` : `${shape.count} vectors of ${numbers}`
}

/** Requests for vectors come before a step asks its question, and are no attempt at it. */
export function isQuestion(call: SpanCall): boolean {
  return call.format !== 'embedding'
}
