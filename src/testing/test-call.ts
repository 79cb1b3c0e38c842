import type { CallStore, StoredCall } from '@/engine/lm/kept/call-store'
import type { ChatRequest, LmCall } from '@/engine/lm/lm'

/** A call for tests. */
export function testCall(changes: Partial<LmCall> = {}): LmCall {
  return { signal: new AbortController().signal, rollout: 0, purpose: 'row', ...changes }
}

export function testRequest(content: string, changes: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'test-model', messages: [{ role: 'user', content }], settings: {}, ...changes }
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
