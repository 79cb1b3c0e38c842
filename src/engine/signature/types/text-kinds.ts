import { isJsonObject, parseJson, type Json } from '@/lib/json'
import type { FieldType, TypeOf } from './field-type'
import { fitted, type TypeKind } from './type-kind'

/** DSPy's `Code["python"]`: the text of a program. Around it a model sets a fence, which is taken off. */
export const codeKind: TypeKind<TypeOf<'code'>> = {
  ...wordsKind<TypeOf<'code'>>('Code', 'The text of a program', { kind: 'code', language: 'python' }, 'code', withoutFence),
  spell({ language }, _spell, place) {
    if (place === 'prompt') return language === undefined ? 'Code' : `Code_${language}`
    return language === undefined ? 'dspy.Code' : `dspy.Code['${language}']`
  },
  problem: ({ language }) =>
    language === undefined || isLanguage(language)
      ? undefined
      : 'The language of the code is one word of letters and digits, such as python, cpp or csharp.',
}

/** DSPy's `Reasoning`: what a model thought, out of its own thoughts where it has any, else a text that it is asked for. */
export const reasoningKind: TypeKind<TypeOf<'reasoning'>> = {
  ...wordsKind<TypeOf<'reasoning'>>('Reasoning', 'How the model came to its answer', { kind: 'reasoning' }, 'content', text => text),
  // As DSPy shows it, so that prompts stay what they were when it was a text.
  spell: (_type, _spell, place) => (place === 'prompt' ? 'str' : 'dspy.Reasoning'),
}

/** As it stands behind `Code_` in prompts. */
export function isLanguage(text: string): boolean {
  return /^\w{1,40}$/.test(text)
}

/** What stands in the first fence of a text, with the line of its language left out; a text without one as it is. Source: DSPy's `Code`. */
export function withoutFence(text: string): string {
  const open = text.indexOf('```')
  if (open < 0) return text
  const line = text.indexOf('\n', open + 3)
  const lineEnd = line < 0 ? -1 : text.indexOf('```', line + 1)
  if (lineEnd >= 0) return text.slice(line + 1, lineEnd).trim()
  const end = text.indexOf('```', open + 3)
  return end < 0 ? text : text.slice(open + 3, end).trim()
}

/** A text that DSPy holds in an object of one key. */
function wordsKind<T extends FieldType>(name: string, help: string, example: T, key: string, clean: (text: string) => string): TypeKind<T> {
  const json = { type: 'object', properties: { [key]: { type: 'string' } }, required: [key] }
  const textIn = (value: Json): string | undefined => {
    const text = isJsonObject(value) ? value[key] : value
    return typeof text === 'string' ? clean(text) : undefined
  }
  return {
    help,
    example,
    spell: () => name,
    schema: () => json,
    closedSchema: () => ({ ...json, additionalProperties: false }),
    fit: (_type, value) => fitted(textIn(value)),
    fitness: (_type, value) => (typeof value === 'string' ? 'strict' : 'lax'),
    // Differs: DSPy repairs whatever looks like JSON in a program; here only a whole object or a whole text in quotes is one.
    read(_type, text) {
      const first = text.trimStart()[0]
      const json = first === '{' || first === '"' ? parseJson(text) : undefined
      return (json?.ok ? textIn(json.value) : undefined) ?? clean(text)
    },
    parts: () => [],
  }
}
