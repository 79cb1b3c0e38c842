import type { Json } from '@/lib/json'
import { formatPlain, formatValue } from '../format-value'
import { block } from '../frame'
import { escapeXml, isNested, xmlBlock, xmlValue } from '../xml-text'
import { parseValue } from '../parse-value'
import type { Prompt, PromptField, PromptValues } from './prompt'

/** A completion in the form a prompt asks for; what the question holds is copied from there. An output that is not in `values` is left out, as a careless model may do. */
export function writeAnswer(
  { format, outputs, held }: Pick<Prompt, 'format' | 'outputs' | 'held'>,
  values: Readonly<Record<string, Json>>,
): string {
  const given = outputs.flatMap((field): [PromptField, Json][] => {
    const value = copied(field, held) ?? values[field.name]
    // Outside JSON only its absence says that an optional text has no value.
    return value === undefined || (value === null && field.type.kind === 'optional' && format !== 'json') ? [] : [[field, value]]
  })
  if (format === 'json') return JSON.stringify(Object.fromEntries(given.map(([{ name }, value]) => [name, value])), null, 2)
  if (format === 'xml') return given.map(([field, value]) => inTags(field, value)).join('\n\n')
  if (format === 'plain') return given.map(([{ name, type }, value]) => `${name}: ${formatPlain(type, value)}`).join('\n\n')
  const blocks = given.map(([{ name, type }, value]) => block(name, formatValue(type, value)))
  return `${[...blocks, '[[ ## completed ## ]]'].join('\n\n')}\n`
}

function copied({ name, type }: PromptField, held: PromptValues | undefined): Json | undefined {
  const text = held?.[name]
  if (text === undefined) return undefined
  const read = parseValue(type, text)
  return read.ok ? read.value : text
}

function inTags({ name, type }: PromptField, value: Json): string {
  const hasTags = isNested(type) && typeof value === 'object' && value !== null
  return hasTags ? xmlValue(name, type, value) : xmlBlock(name, escapeXml(formatValue(type, value)))
}
