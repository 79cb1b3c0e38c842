import { readPrompt } from '@/engine/adapters/prompt/read-prompt'
import { writeAnswer } from '@/engine/adapters/prompt/write-answer'
import { EngineError } from '@/engine/base/errors'
import type { Lm, LmRequest, LmResponse } from '@/engine/lm/lm'
import { sandboxProvider } from './sandbox-provider'
import { answerAll } from './answer'
import { noiseOf, textHash, type Noise } from './noise'
import { extract } from './extract'
import { instructionFromProse } from './write-instruction'

/**
 * The embedded model: small, honest machine learning over the prompt, for working without a key. It is not an LLM. It sees
 * nothing but the request (and which rollout it is): no template, data set or table of answers. It answers by likeness to the
 * demos, by label names, by rules in the instructions and by small arithmetic, and more carefully after a reasoning field.
 * The same request and rollout give the same text, always. Answers take no waiting; `pause` is called now and then, so that a
 * host without other waits can let its thread breathe.
 */
export function sandboxLm(pause?: () => Promise<void>): Lm {
  let answered = 0
  return {
    capabilities: sandboxProvider.capabilities,
    async generate(request, call): Promise<LmResponse> {
      answered += 1
      if (answered % 24 === 0) await pause?.()
      call.signal.throwIfAborted()
      if (request.task === 'embed') throw noEmbeddings()
      return respond(request, call.rollout)
    },
  }
}

function noEmbeddings(): EngineError {
  return new EngineError(
    'lm-bad-request',
    'The Sandbox makes no embeddings. Use the "lexical" vectorizer, or choose an embedding model at an endpoint.',
    { isRetryable: false },
  )
}

/** The pure part: request and rollout to response. Usage is estimated at four characters a token. */
export function respond(request: LmRequest, rollout: number): LmResponse {
  const seed = request.messages.reduce((hash, message) => Math.imul(hash ^ textHash(message.content), 0x01000193), 7)
  const noise = noiseOf(seed, rollout, request.settings.temperature ?? 0)
  const prompt = readPrompt(request.messages)
  const text = prompt.outputs.length === 0 ? plainReply(request, noise) : writeAnswer(prompt, answerAll(prompt, noise))
  const limit = request.settings.maxTokens
  const isCut = limit !== undefined && tokensIn(text) > limit
  const inputTokens = request.messages.reduce((sum, message) => sum + tokensIn(message.content) + 4, 0)
  const kept = isCut ? text.slice(0, limit * 4) : text
  return {
    text: kept,
    finish: isCut ? 'length' : 'stop',
    usage: { inputTokens, outputTokens: tokensIn(kept), estimated: true },
    ms: 1,
    cached: false,
    attempts: 1,
  }
}

function tokensIn(text: string): number {
  return Math.ceil(text.length / 4)
}

/** A request without fields: an instruction if one is asked for, else the sentence of the request that seems to matter. */
function plainReply(request: LmRequest, noise: Noise): string {
  const text = request.messages.findLast(message => message.role === 'user')?.content ?? ''
  const instruction = instructionFromProse(text, noise)
  if (instruction !== undefined) return instruction
  const repeated = /\b(?:reply|answer|respond|say)(?: only| just)?(?: with)?:? ["'“]?([\w ]{1,20}?)["'”.!]*$/i.exec(text.trim())?.[1]
  return repeated ?? (extract({ text, focus: '', wish: '', demos: [], noise }) || 'OK')
}
