import type { Json } from '@/lib/json'
import { formatValue } from '../format-value'
import { block } from '../frame'
import { escapeXml, isNested, xmlBlock, xmlValue } from '../xml-text'
import type { Prompt, PromptField } from './prompt'

/** A completion in the form a prompt asks for. An output that is not in `values` is left out, as a careless model may do. */
export function writeAnswer({ format, outputs }: Pick<Prompt, 'format' | 'outputs'>, values: Readonly<Record<string, Json>>): string {
  const given = outputs.flatMap((field): [PromptField, Json][] => {
    const value = values[field.name]
    // Outside JSON only its absence says that an optional text has no value.
    return value === undefined || (value === null && field.type.kind === 'optional' && format !== 'json') ? [] : [[field, value]]
  })
  if (format === 'json') return JSON.stringify(Object.fromEntries(given.map(([{ name }, value]) => [name, value])), null, 2)
  if (format === 'xml') return given.map(([field, value]) => inTags(field, value)).join('\n\n')
  const blocks = given.map(([{ name, type }, value]) => block(name, formatValue(type, value)))
  return `${[...blocks, '[[ ## completed ## ]]'].join('\n\n')}\n`
}

function inTags({ name, type }: PromptField, value: Json): string {
  const hasTags = isNested(type) && typeof value === 'object' && value !== null
  return hasTags ? xmlValue(name, type, value) : xmlBlock(name, escapeXml(formatValue(type, value)))
}
