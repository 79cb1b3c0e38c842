import type { CallStore, StoredCall } from '../run/ports'
import type { ChatRequest, LmCall } from './lm'
import { plainMessages, type PlainMessage } from './parts'
import type { StoredRequest } from './stored-request'

/** A call for tests. */
export function testCall(changes: Partial<LmCall> = {}): LmCall {
  return { signal: new AbortController().signal, rollout: 0, purpose: 'row', ...changes }
}

export function testRequest(content: string, changes: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'test-model', messages: [{ role: 'user', content }], settings: {}, ...changes }
}

/** A request for chat whose messages are read as text. */
export interface PlainChatRequest extends ChatRequest {
  readonly messages: readonly PlainMessage[]
}

/** A request that is known to be for chat, in plain text. */
export function chatOf(request: StoredRequest | undefined): PlainChatRequest {
  if (request === undefined || 'task' in request || request.kind === 'embed') throw new Error('no request for chat')
  return { ...request, messages: plainMessages(request.messages) }
}

/** A call store in memory that counts. */
export function memoryCalls(): CallStore & { readonly stored: Map<string, StoredCall>; gets: number } {
  const stored = new Map<string, StoredCall>()
  return {
    stored,
    gets: 0,
    async get(key) {
      this.gets += 1
      return stored.get(key)
    },
    async add(call) {
      const first = stored.get(call.key) ?? call
      stored.set(call.key, first)
      return first
    },
  }
}
