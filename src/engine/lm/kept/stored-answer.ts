import { finishOf } from '../finish'
import type { Finish, LmAnswer, LmResponse, Usage } from '../lm'
import { contentOf, type Content, type Part } from '../parts'
import { readStoredRequest, type StoredRequest } from './stored-request'
import { splitThoughts } from '../thoughts'
import { vectorsInText, type Vectors } from '../vectors'

/**
 * An answer as it is kept. Records of earlier versions have `finishReason`, the provider's own word, in place of `finish`; their
 * `text` may still hold thoughts, or the vectors that were asked for.
 */
export interface StoredAnswer {
  readonly text: string
  readonly parts?: readonly Part[]
  readonly vectors?: Vectors
  readonly finish?: Finish
  readonly finishReason?: string
  readonly usage: Usage
  readonly ms: number
}

/** What is kept of an answer. */
export function storedAnswer({ text, parts, vectors, finish, usage, ms }: LmResponse): StoredAnswer {
  const rest = { finish, usage, ms }
  return parts || vectors ? { text, ...(parts && { parts }), ...(vectors && { vectors }), ...rest } : { text, ...rest }
}

/** Reads what was kept as the answer to a request, that of an earlier version as its response would be read today. */
export function readStoredAnswer(stored: StoredAnswer, request: StoredRequest): LmAnswer & Pick<StoredAnswer, 'usage' | 'ms'> {
  const { text, parts, vectors, finish, finishReason, usage, ms } = stored
  const rest = { finish: finish ?? finishOf(finishReason), usage, ms }
  if (readStoredRequest(request).kind === 'embed') {
    const found = vectors ?? vectorsInText(text)
    return { text: '', ...(found && { vectors: found }), ...rest }
  }
  if (finish) return { text, ...(parts && { parts }), ...rest }
  return { ...answerOf({ text, thoughts: [] }), ...rest }
}

/**
 * The same for a run that was begun before answers were read at the border (its requests name no endpoint): as that run took it, whole and
 * without asking why it ended. Read otherwise, the run would leave its record when it is resumed, and pay again for what it has.
 */
export function readAnswerAsThen(stored: StoredAnswer, request: StoredRequest): ReturnType<typeof readStoredAnswer> {
  const { text, finish, usage, ms } = stored
  return finish || readStoredRequest(request).kind === 'embed' ? readStoredAnswer(stored, request) : { text, finish: 'stop', usage, ms }
}

/** The answer in a text that may hold thoughts, beside those a provider sent apart from it. */
export function answerOf({
  text: sent,
  thoughts: apart,
}: {
  readonly text: string
  readonly thoughts: readonly string[]
}): Pick<LmAnswer, 'text' | 'parts'> {
  const { text, thoughts } = splitThoughts(sent)
  const all = [...apart, ...thoughts]
  if (all.length === 0) return { text }
  return { text, parts: [...all.map(thought => ({ type: 'reasoning', text: thought }) as const), { type: 'text', text }] }
}

/** What the model said without its thoughts: words, calls of tools, files. */
export function spokenPart({ text, parts }: Pick<LmAnswer, 'text' | 'parts'>): Content {
  return parts ? contentOf(parts.filter(({ type }) => type !== 'reasoning')) : text
}

/** What the model thought before it answered; empty where it did not say. */
export function thoughtsOf({ parts = [] }: Pick<LmAnswer, 'parts'>): string {
  return parts.flatMap(part => (part.type === 'reasoning' ? [part.text] : [])).join('\n\n')
}
