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
    ...(inputTokens === undefined || (outputTokens === undefined && request.kind !== 'embed') ? { estimated: true } : {}),
  }
}

export function estimateUsage(request: LmRequest, text: string): Usage {
  return { inputTokens: estimatePromptTokens(request), outputTokens: estimateOutput(request, text), estimated: true }
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
  let characters = 0
  const texts = textsIn(request)
  for (const text of texts) characters += text.length
  return Math.ceil(characters / 4) + 4 * texts.length
}

/**
 * Tokens a request cannot exceed, for the budget's reservation. A byte-level tokenizer never makes more tokens than
 * there are bytes, and a UTF-16 unit is at most three bytes; 16 a message covers the chat template.
 */
export function worstCaseTokens(request: LmRequest): { readonly input: number; readonly output: number } {
  let input = 16
  for (const text of textsIn(request)) input += utf8Length(text) + 16
  return { input, output: request.kind === 'embed' ? 0 : (request.settings.maxTokens ?? assumedMaxOutputTokens) }
}

function textsIn(request: LmRequest): readonly string[] {
  return request.kind === 'embed' ? request.texts : request.messages.map(({ content }) => content)
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
