import type { Lm, LmCall, LmResponse } from '@/engine/lm/lm'
import { estimateUsage } from '@/engine/lm/usage'
import { type PlainChatRequest, chatOf } from './chat-of'

export type ScriptedAnswer = string | (Partial<LmResponse> & { readonly text: string }) | Error
export type Script =
  | readonly ScriptedAnswer[]
  | ((request: PlainChatRequest, call: LmCall, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>)

export interface ScriptedLm extends Lm {
  /** What was asked, in order. */
  readonly requests: readonly PlainChatRequest[]
}

/** An LM for chat in tests: answers from a list, in order, or from a function; an `Error` among the answers is thrown. */
export function scriptedLm(script: Script, capabilities: Lm['capabilities'] = { responseFormats: [] }): ScriptedLm {
  const requests: PlainChatRequest[] = []
  return {
    capabilities,
    requests,
    async generate(given, call) {
      const request = chatOf(given)
      call.signal.throwIfAborted()
      const index = requests.push(request) - 1
      const answer = typeof script === 'function' ? await script(request, call, index) : script[index]
      if (answer === undefined) throw new Error(`the script has ${requests.length - 1} answers, and one more was asked for`)
      if (answer instanceof Error) throw answer
      const said = typeof answer === 'string' ? { text: answer } : answer
      return { finish: 'stop', usage: estimateUsage(request, said.text), ms: 0, cached: false, attempts: 1, ...said }
    },
  }
}
