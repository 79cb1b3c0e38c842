import type { Json } from '@/lib/json'
import { pythonJson, pythonStr } from '@/lib/python-text'
import type { Values } from '../../base/example'
import { withFileWords } from '../../blobs/blob-ref'

// Every sentence that GEPA puts before the reflection model, and how its answer is read. Wording is ours.

export interface ReflectionPrompt {
  readonly step: string
  /** `ticket -> reasoning, category: Literal['a', 'b']` */
  readonly signature: string
  readonly instruction: string
  readonly records: readonly ReflectionRecord[]
}

/** What a step did with one row, and what came of it. */
export interface ReflectionRecord {
  readonly inputs: Values
  /** A text where the answer could not be read as fields. */
  readonly outputs: Values | string
  /** Outputs of this step that the row has a label for. */
  readonly expected: Values
  readonly feedback: string
}

/** One message: the instruction in force in a fence, the records, and what is wanted. */
export function reflectionMessage({ step, signature, instruction, records }: ReflectionPrompt): string {
  return [
    `A language model works on the step "${step}" of a program, by this instruction:`,
    `\`\`\`\n${instruction}\n\`\`\``,
    `The fields of the step: ${signature}`,
    'Below are inputs it was given, what it made of them, what was expected where that is known, and how the result was judged.',
    ...records.map(showRecord),
    '# What to write',
    [
      'Write a better instruction for this step.',
      'Find out from the examples what the task is, what form inputs and answers have, and what sets the good results apart from the bad ones.',
      'Put every fact about the domain that the examples reveal into the instruction, since the model has no other way to learn it.',
      'Keep the parts of the current instruction that work.',
      'Write rules that hold for other inputs too, rather than answers to these.',
    ].join(' '),
    'Give the complete new instruction between triple backticks and nothing else.',
  ].join('\n\n')
}

function showRecord({ inputs, outputs, expected, feedback }: ReflectionRecord, index: number): string {
  const answer = typeof outputs === 'string' ? outputs.trim() : showFields(outputs)
  const wanted = Object.keys(expected).length > 0 ? ['## Expected', showFields(expected)] : []
  return [`# Example ${index + 1}`, '## Inputs', showFields(inputs), '## Outputs', answer, ...wanted, `Feedback: ${feedback}`].join('\n')
}

function showFields(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `### ${name}\n${shown(value)}`)
    .join('\n')
}

/** A value as a model reads it. */
function shown(value: Json): string {
  const shown = withFileWords(value)
  return typeof shown === 'object' && shown !== null ? pythonJson(shown) : pythonStr(shown)
}

export interface Judgement {
  readonly score: number
  readonly isPerfect: boolean
  /** What the metric said. */
  readonly feedback: string | undefined
  readonly parts: Readonly<Record<string, number>> | undefined
  /** Outputs of the program with a label, and what the program returned for them. */
  readonly outputs: readonly { readonly name: string; readonly expected: Json; readonly got: Json | undefined }[]
}

/** The metric's own feedback behind the score; where it gave none, what was expected and what came. */
export function feedbackSentence({ score, isPerfect, feedback, parts, outputs }: Judgement): string {
  const parted = Object.entries(parts ?? {}).map(([name, value]) => `${name} ${round(value)}`)
  const head = `Score ${round(score)} of 1${parted.length > 0 ? ` (${parted.join(', ')})` : ''}.`
  if (feedback !== undefined && feedback.trim() !== '') return `${head} ${feedback.trim()}`
  if (isPerfect) return `${head} This is right.`
  const missed = outputs.map(({ name, expected, got }) => `Expected ${shown(expected)} as ${name}, got ${shown(got ?? null)}.`)
  return [head, ...missed].join(' ')
}

export function unreadableFeedback(reason: string): string {
  return `Score 0 of 1. The answer could not be read: ${reason} Every output field has to be there, in the form that is asked for.`
}

function round(score: number): string {
  return String(Math.round(score * 100) / 100)
}

/** The text between the first and the last fence of an answer, or all of it where there is none. Empty when there is nothing. */
export function instructionIn(answer: string): string {
  const start = answer.indexOf(fence)
  const end = answer.lastIndexOf(fence)
  if (start < 0) return answer.trim()
  if (start < end) return withoutLanguage(answer.slice(start + fence.length, end))
  // One fence only: the answer was cut off, or the opening one was forgotten.
  const [before, after] = [answer.slice(0, start).trim(), withoutLanguage(answer.slice(start + fence.length))]
  return after === '' ? before : after
}

const fence = '```'

/** A fence may name a language on its own line. */
function withoutLanguage(text: string): string {
  return text.replace(/^[\w-]*\n/, '').trim()
}
