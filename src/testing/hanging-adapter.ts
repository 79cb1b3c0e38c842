import { chatAdapter } from '@/engine/adapters/chat'
import type { Values } from '@/engine/base/example'
import { notedFrom } from '@/engine/lm/answer-reading'

/** In an answer, never comes back from being read where `letChatAdapterHang` was called. */
export const hangingAnswer = `[[ ## label ## ]]\nnever read ${'-'.repeat(notedFrom)}`

/** From now on the chat adapter of this thread has the fault that all of ours must not have. */
export function letChatAdapterHang(): void {
  const { parse } = chatAdapter
  Object.assign(chatAdapter, {
    parse(...asked: Parameters<typeof parse>): Values {
      while (asked[1].includes('never read')) Math.random()
      return parse(...asked)
    },
  })
}
