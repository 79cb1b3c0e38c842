import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import type { Choice } from './classify'
import type { Noise } from './noise'
import type { NumberAnswer } from './numeric'
import type { Prompt } from '@/engine/adapters/prompt/prompt'
import { sentences } from './words'

/** One answered field and what it rests on. */
export interface Answer {
  readonly value: Json
  readonly choice?: Choice
  /** The steps that led to it: of a calculation, or of reading what tools told. */
  readonly number?: NumberAnswer
}

/** A short text that names the evidence an answer rests on: words of the text, the nearest demo, or the steps of a calculation. */
export function reasonFor(answer: Answer | undefined, prompt: Prompt, asked: string, noise: Noise): string {
  if (answer?.choice !== undefined) {
    const { value, words, nearest } = answer.choice
    const named = words.length === 0 ? undefined : words.join(', ')
    const first = Object.keys(prompt.request)[0] ?? 'text'
    const because =
      named === undefined
        ? `Nothing in the ${first} points clearly to one answer; ${value} fits best.`
        : openings[noise.pick('opening', openings.length)]?.(first, named, value)
    return nearest === undefined ? (because ?? value) : `${because ?? value} The closest example is "${shorten(nearest)}".`
  }
  if (answer?.number !== undefined) {
    const { steps } = answer.number
    return steps.length === 0
      ? `The ${asked} is ${String(answer.value)}.`
      : `${steps.join('. ')}. So the ${asked} is ${String(answer.value)}.`
  }
  const text = Object.values(prompt.request).sort((a, b) => b.length - a.length)[0] ?? ''
  return `The part that matters is: ${shorten(sentences(text)[0] ?? text)}`
}

const openings: readonly ((field: string, named: string, value: string) => string)[] = [
  (field, named, value) => `The ${field} speaks of ${named}, which points to ${value}.`,
  (field, named, value) => `The telling words in the ${field} are ${named}: that is ${value}.`,
  (_, named, value) => `With ${named} mentioned, ${value} is the best fit.`,
]

function shorten(text: string): string {
  const flat = text.replace(/\s+/g, ' ').trim()
  return flat.length <= 60 ? flat : `${cutText(flat, 57).replace(/\s\S*$/, '')}…`
}
