import type { RefusablePart } from './refusable'

/** `takes no system messages and no temperature`: what a model refuses, as the end of a sentence about it. */
export function refusedWords(refused: readonly RefusablePart[]): string {
  const parts = refused.map(part => words[part])
  const last = parts.at(-1) ?? 'nothing that was sent'
  return `takes ${parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`}`
}

const words: Readonly<Record<RefusablePart, string>> = {
  system: 'no system messages',
  json_schema: 'no JSON schema',
  json_object: 'no JSON mode',
  max_tokens: 'no limit called max_tokens',
  max_completion_tokens: 'no limit called max_completion_tokens',
  temperature: 'no temperature',
  top_p: 'no top p',
  stop: 'no stop sequences',
  seed: 'no seed',
  reasoning_effort: 'no reasoning effort',
  stream_options: 'no count of tokens with an answer in pieces',
  stream: 'no answers in pieces',
  tools: 'no tools',
  tool_choice: 'no choice of one tool',
}
