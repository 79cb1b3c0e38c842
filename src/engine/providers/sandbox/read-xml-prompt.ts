import { readXmlFields } from '@/engine/adapters/read-xml'
import { readXmlValue } from '@/engine/adapters/read-xml-value'
import type { PromptField, PromptValues, SystemText } from './prompt-field'

/** True where the system message lays the fields out in tags. */
export function isXmlPrompt(text: string, { outputs }: SystemText): boolean {
  return outputs.length > 0 && outputs.every(({ name }) => text.includes(`</${name}>`)) && !/^\[\[ ## \w+ ## \]\]$/m.test(text)
}

/** Inputs stand in their tags as they are: nothing of them is escaped. */
export function xmlInputs(text: string, fields: readonly PromptField[]): PromptValues {
  const found = readXmlFields(text, new Set(fields.map(field => field.name)))
  return Object.fromEntries([...found].map(([name, elements]) => [name, (elements[0]?.raw ?? '').trim()]))
}

/** Outputs as text, lists and objects as JSON: what the other layouts show. */
export function xmlOutputs(text: string, fields: readonly PromptField[]): PromptValues {
  const found = readXmlFields(text, new Set(fields.map(field => field.name)))
  const entries = fields.flatMap(({ name, type }): [string, string][] => {
    const elements = found.get(name)
    const value = elements && readXmlValue(type, elements)
    return value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
  })
  return Object.fromEntries(entries)
}
