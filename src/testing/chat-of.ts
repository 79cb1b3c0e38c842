import type { ChatRequest } from '@/engine/lm/lm'
import { plainMessages, type PlainMessage } from '@/engine/lm/parts'
import type { StoredRequest } from '@/engine/lm/kept/stored-request'

/** A request for chat whose messages are read as text. */
export interface PlainChatRequest extends ChatRequest {
  readonly messages: readonly PlainMessage[]
}

/** A request that is known to be for chat, in plain text. */
export function chatOf(request: StoredRequest | undefined): PlainChatRequest {
  if (request === undefined || 'task' in request || request.kind === 'embed') throw new Error('no request for chat')
  return { ...request, messages: plainMessages(request.messages) }
}
