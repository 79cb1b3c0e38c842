import { isJsonObject, type Json } from '@/lib/json'
import type { LmRequest, Usage } from './lm'

/** What a request may use when its settings name no limit: enough for a long answer, not for a book. */
export const assumedMaxOutputTokens = 4096

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
    ...(inputTokens === undefined || (outputTokens === undefined && request.task !== 'embed') ? { estimated: true } : {}),
  }
}

export function estimateUsage(request: LmRequest, text: string): Usage {
  return { inputTokens: estimatePromptTokens(request), outputTokens: estimateOutput(request, text), estimated: true }
}

/** Vectors are not made of tokens: providers bill what goes in. */
function estimateOutput({ task }: LmRequest, text: string): number {
  return task === 'embed' ? 0 : estimateTokens(text)
}

/** Four characters a token: right within a quarter for English, too low for other scripts. For display, never for caps. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

export function estimatePromptTokens(request: LmRequest): number {
  let characters = 0
  for (const message of request.messages) characters += message.content.length
  return Math.ceil(characters / 4) + 4 * request.messages.length
}

/**
 * Tokens a request cannot exceed, for the budget's reservation. A byte-level tokenizer never makes more tokens than
 * there are bytes, and a UTF-16 unit is at most three bytes; 16 a message covers the chat template.
 */
export function worstCaseTokens(request: LmRequest): { readonly input: number; readonly output: number } {
  let input = 16
  for (const message of request.messages) input += utf8Length(message.content) + 16
  return { input, output: request.task === 'embed' ? 0 : (request.settings.maxTokens ?? assumedMaxOutputTokens) }
}

/**
 * Tokens a request cannot do without: tokenizers part words, so that each is one token or more, and a count of ours is a quarter of the
 * characters. What a server counts as less than both of that is beyond anybody's knowledge.
 */
export function leastTokens({ messages }: LmRequest): number {
  let words = 0
  let characters = 0
  for (const { content } of messages) {
    words += content.match(/\S+/g)?.length ?? 0
    characters += content.length
  }
  return Math.min(words, Math.ceil(characters / 4))
}

function utf8Length(text: string): number {
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

function count(value: Json | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : undefined
}
