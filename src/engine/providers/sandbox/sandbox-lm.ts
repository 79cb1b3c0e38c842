import type { Json } from '@/lib/json'
import { escapeXml, isNested, xmlBlock, xmlValue } from '@/engine/adapters/xml-text'
import { EngineError } from '@/engine/base/errors'
import type { ChatRequest, Lm, LmResponse } from '@/engine/lm/lm'
import { type PlainMessage, plainMessages } from '@/engine/lm/parts'
import { answerAll } from './answer'
import { noiseOf, textHash, type Noise } from './noise'
import type { PromptField } from './prompt-field'
import { readPrompt, type Prompt } from './read-prompt'
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
    capabilities: { responseFormats: [] },
    async generate(request, call): Promise<LmResponse> {
      answered += 1
      if (answered % 24 === 0) await pause?.()
      call.signal.throwIfAborted()
      if (request.kind === 'embed') throw noEmbeddings()
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
export function respond(request: ChatRequest, rollout: number): LmResponse {
  // It sees no images: one stands in the text by its description, so that two of them are still two requests.
  const messages = plainMessages(request.messages)
  const seed = messages.reduce((hash, message) => Math.imul(hash ^ textHash(message.content), 0x01000193), 7)
  const noise = noiseOf(seed, rollout, request.settings.temperature ?? 0)
  const prompt = readPrompt(messages)
  const text = prompt.outputs.length === 0 ? plainReply(messages, noise) : written(prompt, answerAll(prompt, noise))
  const limit = request.settings.maxTokens
  const isCut = limit !== undefined && tokensIn(text) > limit
  const inputTokens = messages.reduce((sum, message) => sum + tokensIn(message.content) + 4, 0)
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

function written(prompt: Prompt, values: Readonly<Record<string, Json>>): string {
  if (prompt.format === 'json') return JSON.stringify(values, null, 2)
  if (prompt.format === 'xml') return prompt.outputs.map(field => inTags(field, values[field.name] ?? null)).join('\n\n')
  const blocks = prompt.outputs.map(field => `[[ ## ${field.name} ## ]]\n${spelled(values[field.name] ?? null)}`)
  return `${blocks.join('\n\n')}\n\n[[ ## completed ## ]]\n`
}

function inTags({ name, type }: PromptField, value: Json): string {
  const hasTags = isNested(type) && typeof value === 'object' && value !== null
  return hasTags ? xmlValue(name, type, value) : xmlBlock(name, escapeXml(spelled(value)))
}

function spelled(value: Json): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return value === null ? 'null' : JSON.stringify(value)
}

/** A request without fields: an instruction if one is asked for, else the sentence of the request that seems to matter. */
function plainReply(messages: readonly PlainMessage[], noise: Noise): string {
  const text = messages.findLast(message => message.role === 'user')?.content ?? ''
  const instruction = instructionFromProse(text, noise)
  if (instruction !== undefined) return instruction
  const repeated = /\b(?:reply|answer|respond|say)(?: only| just)?(?: with)?:? ["'“]?([\w ]{1,20}?)["'”.!]*$/i.exec(text.trim())?.[1]
  return repeated ?? (extract({ text, focus: '', wish: '', demos: [], noise }) || 'OK')
}
