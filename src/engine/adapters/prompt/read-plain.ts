import type { PromptField, PromptValues } from './prompt'

/**
 * Values as the first question of two writes them, `name: value` at the start of a paragraph; text before the first is dropped. Only a name
 * that the fields make expect, in their order, begins one: a value may hold such words itself.
 */
export function plainValues(text: string, fields: readonly Pick<PromptField, 'name'>[]): PromptValues {
  const values: [name: string, value: string][] = []
  let place = 0
  for (const paragraph of text.split('\n\n')) {
    const at = fields.findIndex(({ name }, index) => index >= place && paragraph.startsWith(`${name}:`))
    const field = fields[at]
    const last = values.at(-1)
    if (field !== undefined) {
      place = at + 1
      values.push([field.name, paragraph.slice(field.name.length + 1)])
    } else if (last !== undefined) last[1] += `\n\n${paragraph}`
  }
  return Object.fromEntries(values.map(([name, value]) => [name, value.trim()]))
}

/** The instructions of a system message in plain words: behind their label, on the last line that has one below the fields. */
export function plainInstructions(text: string, labels: readonly string[]): string | undefined {
  for (const label of labels) {
    const at = text.indexOf(`\n${label}`)
    if (at >= 0) return text.slice(at + 1 + label.length).trim()
  }
  return undefined
}

/** What a text holds under the names of all the fields; undefined where one is not there. */
export function heldIn(text: string, fields: readonly Pick<PromptField, 'name'>[]): PromptValues | undefined {
  const found = plainValues(text, fields)
  return fields.length > 0 && fields.every(({ name }) => Object.hasOwn(found, name)) ? found : undefined
}
