import type { Json } from '../src/lib/json'
import type { PromptField, PromptValues } from '../src/engine/adapters/prompt/prompt'
import { readPrompt } from '../src/engine/adapters/prompt/read-prompt'
import { writeAnswer } from '../src/engine/adapters/prompt/write-answer'
import type { FieldType } from '../src/engine/signature/types/field-type'

/** The default answer of the fake server: a value of its type for every field asked for, decided by the inputs alone. */
export function typedAnswer(request: {
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly body: Readonly<Record<string, unknown>>
}): string {
  const prompt = readPrompt(request.messages)
  if (prompt.outputs.length === 0) return `fake answer ${digest(request.messages.at(-1)?.content ?? '').toString(16)}`
  const values = Object.fromEntries(prompt.outputs.map(field => [field.name, valueFor(field, prompt.request)]))
  return writeAnswer({ ...prompt, ...(request.body['response_format'] !== undefined && { format: 'json' }) }, values)
}

function valueFor({ name, type }: PromptField, inputs: PromptValues): Json {
  const seed = digest(JSON.stringify([name, inputs]))
  const words = `${name} of ${Object.values(inputs).join(' ').split(/\s+/).filter(Boolean).slice(0, 6).join(' ')} ${seed % 1000}`
  return valueOf(type, seed, words.trim())
}

function valueOf(type: FieldType, seed: number, words: string): Json {
  switch (type.kind) {
    case 'enum':
      return type.values[seed % type.values.length] ?? ''
    case 'union':
      return valueOf(type.of[0] ?? { kind: 'any' }, seed, words)
    case 'tuple':
      return type.rest ? [valueOf(type.rest, seed, words)] : type.items.map((of, at) => valueOf(of, seed + at, words))
    case 'date':
      return '2024-01-02'
    case 'datetime':
      return '2024-01-02T10:00:00'
    case 'time':
      return '10:00:00'
    case 'list':
    case 'set':
      return type.of.kind === 'itself' ? [] : [valueOf(type.of, seed, `item ${seed % 97}`)]
    case 'bool':
      return seed % 2 === 0
    case 'int':
      return seed % 100
    case 'float':
      // A probability, each key its own.
      return type.constraints?.le === 1 ? (digest(`${seed} ${words}`) % 101) / 100 : (seed % 1000) / 10
    case 'dict':
      return {}
    case 'object':
      return Object.fromEntries(Object.entries(type.fields).map(([key, of]) => [key, valueOf(of, seed, key)]))
    case 'enum-class':
      return type.members[seed % type.members.length]?.value ?? ''
    case 'class':
      return Object.fromEntries(type.fields.map(field => [field.name, valueOf(field.type, seed, field.name)]))
    case 'itself':
      return {}
    case 'optional':
      if (type.of.kind === 'itself') return null
      return valueOf(type.of, seed, words)
    case 'noul':
      return { confidence: 0.5, value: seed % 2 === 0 }
    case 'choice':
      return { confidence: 0.5, value: type.options[seed % type.options.length]?.value ?? '' }
    case 'score':
      return { confidence: 0.5, value: seed % type.levels.length }
    case 'tool-calls':
      return { tool_calls: [{ name: words, args: {} }] }
    case 'citations':
      return { citations: [] }
    case 'str':
    case 'any':
    case 'code':
    case 'reasoning':
    case 'image':
    case 'audio':
    case 'file':
    case 'history':
    case 'tool':
    case 'document':
      return words
  }
}

function digest(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
