import { cutText } from '@/lib/cut-text'
import type { Prompt, PromptValues } from '@/engine/adapters/prompt/prompt'
import { readPrompt } from '@/engine/adapters/prompt/read-prompt'
import { toldInWords } from '@/engine/adapters/prompt/read-turns'
import { writeAnswer } from '@/engine/adapters/prompt/write-answer'
import { EngineError } from '@/engine/base/errors'
import type { ChatRequest, Lm, LmResponse } from '@/engine/lm/lm'
import { type Part, type PlainMessage, partsOf, plainMessages } from '@/engine/lm/parts'
import type { Json } from '@/lib/json'
import { sandboxProvider } from './sandbox-provider'
import { callingTools } from './agent/native-calls'
import { answerAll } from './answer'
import { noiseOf, textHash, type Noise } from './text/noise'
import { extract } from './text/extract'
import { instructionFromProse } from './write-instruction'

/**
 * The embedded model: small, honest machine learning over the prompt, for working without a key. It is not an LLM. It sees
 * nothing but the request (and which rollout it is): no template, data set or table of answers. It answers by similarity to the
 * demos, by label names, by rules in the instructions and by small arithmetic, and more carefully after a reasoning field. Of a text
 * it reads the first 16,000 characters and 400 sentences.
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
  const { tools } = request
  const messages = tools ? toldInWords(request.messages) : plainMessages(request.messages)
  const seed = messages.reduce((hash, message) => Math.imul(hash ^ textHash(message.content), 0x01000193), 7)
  const noise = noiseOf(seed, rollout, request.settings.temperature ?? 0)
  const prompt = inSight(readPrompt(messages))
  const calling = tools && callingTools(request, { prompt, messages, noise }, one => answerAll({ ...one, tools: [] }, noise))
  const written = calling?.values ?? (prompt.outputs.length === 0 ? undefined : answerAll(prompt, noise, messages))
  const text = written === undefined ? plainReply(messages, noise) : prompt.outputs.length === 0 ? '' : writeAnswer(prompt, written)
  const limit = request.settings.maxTokens
  const isCut = limit !== undefined && tokensIn(text) > limit
  const told = messages.reduce((sum, message) => sum + tokensIn(message.content) + 4, 0)
  const inputTokens = told + (tools ? tokensIn(JSON.stringify(tools)) : 0)
  const kept = isCut ? cutText(text, limit * 4) : text
  const parts = calling?.call && !isCut ? [...(kept === '' ? [] : [textPart(kept)]), callPart(calling.call, request)] : undefined
  return {
    text: kept,
    ...(parts && { parts }),
    finish: isCut ? 'length' : parts ? 'tool-calls' : 'stop',
    usage: { inputTokens, outputTokens: tokensIn(kept), estimated: true },
    ms: 1,
    cached: false,
    attempts: 1,
  }
}

function textPart(text: string): Part {
  return { type: 'text', text }
}

/** Numbered through the whole conversation, as an id has to be. */
function callPart({ name, args }: { readonly name: string; readonly args: Json }, { messages }: ChatRequest): Part {
  const before = messages.flatMap(({ content }) => partsOf(content)).filter(({ type }) => type === 'tool-call').length
  return { type: 'tool-call', id: `call-${before + 1}`, name, args }
}

/** The prompt as far as it is looked at: it compares the parts of a text with each other, which would take minutes for a long one. */
function inSight(prompt: Prompt): Prompt {
  const { request, instructions, demos } = prompt
  const isShort = ({ inputs, outputs }: { readonly inputs: PromptValues; readonly outputs: PromptValues }): boolean =>
    [inputs, outputs].every(values => Object.values(values).every(value => value.length <= charactersInSight))
  if (isShort({ inputs: request, outputs: {} }) && instructions.length <= charactersInSight && demos.every(isShort)) return prompt
  return {
    ...prompt,
    instructions: start(instructions),
    request: starts(request),
    demos: demos.map(demo => (isShort(demo) ? demo : { ...demo, inputs: starts(demo.inputs), outputs: starts(demo.outputs) })),
  }
}

function starts(values: PromptValues): PromptValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, start(value)]))
}

function start(text: string): string {
  return text.length <= charactersInSight ? text : text.slice(0, charactersInSight)
}

const charactersInSight = 16_000

function tokensIn(text: string): number {
  return Math.ceil(text.length / 4)
}

/** A request without fields: an instruction if one is asked for, else the sentence of the request that seems to matter. */
function plainReply(messages: readonly PlainMessage[], noise: Noise): string {
  const text = start(messages.findLast(message => message.role === 'user')?.content ?? '')
  const instruction = instructionFromProse(text, noise)
  if (instruction !== undefined) return instruction
  const repeated = /\b(?:reply|answer|respond|say)(?: only| just)?(?: with)?:? ["'“]?([\w ]{1,20}?)["'”.!]*$/i.exec(text.trim())?.[1]
  return repeated ?? (extract({ text, focus: '', wish: '', demos: [], noise }) || 'OK')
}
