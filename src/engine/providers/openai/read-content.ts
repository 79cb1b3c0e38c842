import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { thoughtFields } from './event-stream'
import { calledIn, isCallType } from './tool-calls'

export interface Content {
  readonly text: string
  readonly thoughts: readonly string[]
  /** Why the model gave no answer, in its own words. */
  readonly refusal: string
  /** Calls of tools that stand between the words. */
  readonly calls: readonly JsonObject[]
  /** The types of parts that hold no words, such as images. */
  readonly wordless: readonly string[]
}

/** A text, a part, a list of both, or null when all tokens went into thoughts. JSON that a server has parsed already is written out again. */
export function contentOf(content: Json | undefined): Content {
  const texts: string[] = []
  const thoughts: string[] = []
  const refusals: string[] = []
  const calls: JsonObject[] = []
  const wordless: string[] = []
  for (const item of itemsOf(content ?? null)) {
    if (item === null) continue
    if (typeof item === 'string') texts.push(item)
    else if (!isJsonObject(item)) texts.push(JSON.stringify(item))
    else {
      const kind = partKind(item)
      if (kind === 'thought') thoughts.push(wordsIn(item))
      else if (kind === 'refusal') refusals.push(wordsIn(item['refusal'] ?? item['text'] ?? null))
      else if (kind === 'call') calls.push(item)
      else if (kind === 'text') texts.push(wordsIn(item['text'] ?? item['content'] ?? item['value'] ?? null))
      else if (kind === 'wordless') wordless.push(String(item['type']))
      else texts.push(JSON.stringify(item))
    }
  }
  return { text: texts.join(''), thoughts, refusal: refusals.join(''), calls, wordless }
}

/** A list that holds something else than words, and not one part, is an answer in JSON and stays one. */
function itemsOf(content: Json): readonly Json[] {
  if (isJsonObject(content)) return Object.keys(content).length === 0 ? [] : [content]
  if (!Array.isArray(content)) return [content]
  const isWritten = content.every(item => item === null || typeof item === 'string')
  return isWritten || content.some(item => isJsonObject(item) && partKind(item)) ? content : [JSON.stringify(content)]
}

type PartKind = 'text' | 'thought' | 'refusal' | 'call' | 'wordless'

/**
 * What a part of a content is. Undefined for an answer in JSON, which may have a field `type` as well: a part has the type of one, and a field
 * that such a part holds its words or its data in, or no field of its own at all.
 */
function partKind(part: JsonObject): PartKind | undefined {
  const { type, thought } = part
  const own = Object.keys(part).filter(name => !mark.test(name))
  const isTextAlone = own.length === 1 && own[0] === 'text'
  // Gemini marks a thought with a flag of its own.
  if (typeof part['text'] === 'string' && thought === true) return 'thought'
  if (typeof type !== 'string') return isTextAlone && typeof part['text'] === 'string' ? 'text' : undefined
  if (isCallType(type) && calledIn(part)) return 'call'
  const found = partTypes.find(([, types, fields]) => types.test(type) && (own.length === 0 || own.some(name => fields.test(name))))
  return found?.[0] ?? (isTextAlone ? 'text' : undefined)
}

/** Fields that say something about a part. */
const mark = /^(?:type|id|index|status|thought(?:_?signature)?|annotations|citations|logprobs|cache_control)$/i

/** The types of each kind of part, and the fields that such a part has. */
const partTypes: readonly (readonly [PartKind, RegExp, RegExp])[] = [
  ['thought', /reason|think|thought/i, /^(?:text|thinking|reasoning|content|summary|value|data|signature|encrypted_content)$/],
  ['refusal', /^refusal$/, /^(?:refusal|text)$/],
  ['text', /^(?:\w+_)?text$/, /^(?:text|content|value)$/],
  ['wordless', /^(?:\w+_)?(?:image|audio|video|file|document)(?:_url)?$/, /url|audio|image|file|source|data/],
]

/** Thoughts in a field of their own; servers that fill several say the same in each. */
export function thoughtsApart(message: JsonObject): readonly string[] {
  for (const field of thoughtFields) {
    const words = wordsIn(message[field] ?? null)
    if (words.trim() !== '') return [words]
  }
  return []
}

const wordFields = ['text', 'thinking', 'reasoning', 'content', 'summary', 'value'] as const

/** The words in a thought of any shape; encrypted ones have none. */
function wordsIn(value: Json, depth = 0): string {
  if (typeof value === 'string') return value
  if (depth > deepest) return ''
  if (Array.isArray(value)) return value.map(item => wordsIn(item, depth + 1)).join('')
  if (!isJsonObject(value)) return ''
  for (const field of wordFields) {
    const words = wordsIn(value[field] ?? null, depth + 1)
    if (words !== '') return words
  }
  return ''
}

const deepest = 6
