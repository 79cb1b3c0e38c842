import { isJsonObject, type Json } from '@/lib/json'
import type { BlobRef } from '../blobs/blob-ref'
import type { LmRequest, Usage } from './lm'
import { blobsOf, plainText, remotesOf, textOf, type Content } from './parts'

/** What a request may use when its settings name no limit: enough for a long answer, not for a book. */
export const assumedMaxOutputTokens = 4096

/** Input and output together: what a cap of tokens counts. */
export function tokenCount({ inputTokens, outputTokens }: Pick<Usage, 'inputTokens' | 'outputTokens'>): number {
  return inputTokens + outputTokens
}

/** Reads the usage block in the spellings seen among OpenAI-compatible servers; counts characters where there is none. */
export function usageFrom(block: Json | undefined, request: LmRequest, text: string): Usage {
  if (!isJsonObject(block)) return estimateUsage(request, text)
  const inputTokens = count(block['prompt_tokens']) ?? count(block['input_tokens'])
  const outputTokens = count(block['completion_tokens']) ?? count(block['output_tokens'])
  if (inputTokens === undefined && outputTokens === undefined) return estimateUsage(request, text)
  const cachedInputTokens =
    detail(block['prompt_tokens_details'], 'cached_tokens') ??
    count(block['prompt_cache_hit_tokens']) ??
    count(block['num_cached_tokens']) ??
    count(block['cached_tokens'])
  const reasoningTokens = detail(block['completion_tokens_details'], 'reasoning_tokens') ?? count(block['reasoning_tokens'])
  return {
    inputTokens: inputTokens ?? estimatePromptTokens(request),
    outputTokens: outputTokens ?? estimateOutput(request, text),
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
    ...(inputTokens === undefined || (outputTokens === undefined && request.kind !== 'embed') ? { estimated: true } : {}),
  }
}

export function estimateUsage(request: LmRequest, text: string): Usage {
  return { inputTokens: estimatePromptTokens(request), outputTokens: estimateOutput(request, text), estimated: true }
}

/** What is known of an answer that was given up when so many letters of it had come. */
export function cutUsage(request: LmRequest, letters: number): Usage {
  return { inputTokens: estimatePromptTokens(request), outputTokens: Math.ceil(letters / 4), estimated: true }
}

/** Vectors are not made of tokens: providers bill what goes in. */
function estimateOutput({ kind }: LmRequest, text: string): number {
  return kind === 'embed' ? 0 : estimateTokens(text)
}

/** Four characters a token: right within a quarter for English, too low for other scripts. For display, never for caps. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

export function estimatePromptTokens(request: LmRequest): number {
  const contents = contentsOf(request)
  let characters = 0
  let tokens = 4 * contents.length
  for (const content of contents) {
    characters += plainText(content).length
    for (const blob of blobsOf(content)) tokens += blobTokens(blob)
    tokens += remoteTokens * remotesOf(content).length
  }
  return Math.ceil(characters / 4) + tokens
}

/** An image, since that is what has an address; what an upload holds, nobody here knows. */
const remoteTokens = 1000

/** Seen among providers: some hundred to two thousand for an image, ten to thirty for a second of sound, a thousand for a page. */
function blobTokens({ mime, bytes }: BlobRef): number {
  if (mime.startsWith('image/')) return 1000
  return Math.ceil(bytes / (mime.startsWith('audio/') ? 1000 : mime.startsWith('text/') ? 4 : 33))
}

/**
 * Tokens a request cannot exceed, for the budget's reservation. A byte-level tokenizer never makes more tokens than
 * there are bytes, and a UTF-16 unit is at most three bytes; 16 a message covers the chat template. What a file takes is its provider's
 * business: a high guess.
 */
export function worstCaseTokens(request: LmRequest): { readonly input: number; readonly output: number } {
  let input = 16
  for (const content of contentsOf(request)) {
    input += utf8Length(plainText(content)) + 16
    if (typeof content === 'string') continue
    input += mostImageTokens * remotesOf(content).length
    for (const { mime, bytes } of blobsOf(content)) input += mostImageTokens + (mime.startsWith('image/') ? 0 : bytes)
  }
  return { input, output: request.kind === 'embed' ? 0 : (request.settings.maxTokens ?? assumedMaxOutputTokens) }
}

/** What the dearest of the known models counts for one image: 2,833 and 5,667 for each of up to eight tiles. */
const mostImageTokens = 50_000

/** All that a model reads: what tools it is offered stands in its prompt as well. */
function contentsOf(request: LmRequest): readonly Content[] {
  if (request.kind === 'embed') return request.texts
  const contents = request.messages.map(({ content }) => content)
  return request.tools ? [...contents, JSON.stringify(request.tools)] : contents
}

/**
 * Tokens a request cannot do without: tokenizers part words, so that each is one token or more, and a count of ours is a quarter of the
 * characters. What a server counts as less than both of that is beyond anybody's knowledge.
 */
export function leastTokens(request: LmRequest): number {
  let words = 0
  let characters = 0
  for (const content of contentsOf(request)) {
    const text = textOf(content)
    words += text.match(/\S+/g)?.length ?? 0
    characters += text.length
  }
  return Math.min(words, Math.ceil(characters / 4))
}

function utf8Length(text: string): number {
  // Most prompts are plain, and a pattern is through with one far sooner than a loop over a text that was put together from pieces.
  if (!/[^\0-\x7f]/.test(text)) return text.length
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1
  }
  return bytes
}

function detail(block: Json | undefined, name: string): number | undefined {
  return isJsonObject(block) ? count(block[name]) : undefined
}

/** What is not a number of tokens that a request can have counts as unsaid: one such number would use up any cap. */
function count(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && number >= 0 && number <= mostTokens ? Math.round(number) : undefined
}

/** A hundred times what the longest contexts hold. */
const mostTokens = 1e9
