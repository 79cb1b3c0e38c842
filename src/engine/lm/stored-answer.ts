import { finishOf } from './finish'
import type { Finish, LmAnswer, LmResponse, Part, Usage } from './lm'
import { splitThoughts } from './thoughts'

/**
 * An answer as it is kept. Records of earlier versions have `finishReason`, the provider's own word, in place of `finish`; their
 * `text` may still hold thoughts.
 */
export interface StoredAnswer {
  readonly text: string
  readonly parts?: readonly Part[]
  readonly finish?: Finish
  readonly finishReason?: string
  readonly usage: Usage
  readonly ms: number
}

/** What is kept of an answer. */
export function storedAnswer({ text, parts, finish, usage, ms }: LmResponse): StoredAnswer {
  return { text, ...(parts && { parts }), finish, usage, ms }
}

/** Reads a kept answer, one of an earlier version as its response would be read today. */
export function readStoredAnswer(stored: StoredAnswer): LmAnswer & Pick<StoredAnswer, 'usage' | 'ms'> {
  const { text, parts, finish, finishReason, usage, ms } = stored
  if (finish) return { text, ...(parts && { parts }), finish, usage, ms }
  return { ...answerOf({ text, thoughts: [] }), finish: finishOf(finishReason), usage, ms }
}

/**
 * The same for a run that was begun before answers were read at the border (its requests name no endpoint): as that run took it, whole and
 * without asking why it ended. Read otherwise, the run would leave its record when it is resumed, and pay again for what it has.
 */
export function readAnswerAsThen(stored: StoredAnswer): ReturnType<typeof readStoredAnswer> {
  const { text, finish, usage, ms } = stored
  return finish ? readStoredAnswer(stored) : { text, finish: 'stop', usage, ms }
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

/** What the model thought before it answered; empty where it did not say. */
export function thoughtsOf({ parts = [] }: Pick<LmAnswer, 'parts'>): string {
  return parts.flatMap(part => (part.type === 'reasoning' ? [part.text] : [])).join('\n\n')
}
