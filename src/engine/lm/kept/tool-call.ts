import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import type { Json, JsonObject } from '@/lib/json'
import type { CallKey, ChatRequest } from '../lm'
import { callKey } from './request-key'

/** A call of a tool, and where in its run it is made: the same call somewhere else is another one, and may get another answer. */
export interface ToolCallPlace {
  /** Which run it is, where runs share their answers. */
  readonly run?: string
  readonly batch: number
  readonly example: string
  /** The place in the trace of the row. */
  readonly path: string
}

/**
 * The request under which a call of a tool is kept: shaped like a question to a model, so that whatever keeps, exports, backs up and throws out
 * answers does the same with those of tools. It holds no secret, and no settings of the tool: within a run these stay as they are.
 */
export function toolCallRequest(name: string, args: JsonObject, place: ToolCallPlace): ChatRequest {
  const asked: Json = { tool: name, arguments: args, ...place }
  return { model: name, endpoint: toolEndpoint, messages: [{ role: 'user', content: canonicalJson(asked) }], settings: {} }
}

const toolEndpoint = 'tool:'

/** The key of the answer, or of the note that the call has begun. */
export function toolCallKey(request: ChatRequest, what: keyof typeof toolRollouts): CallKey {
  return callKey(request, toolRollouts[what])
}

export const toolRollouts = { answer: 0, begun: 1 } as const

/** True for keys of calls of tools: they are no requests to a model, and count for none. */
export function isToolKey(key: CallKey): boolean {
  return key.endsWith(ending)
}

const ending = `.${sha256Hex(toolEndpoint).slice(0, 16)}`
