import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import type { TemplateNode } from '../program/program'
import { templateParams } from './template'
import { readTemplate } from './template-text'
import { valueText } from './value-text'

/** Puts the inputs into the text; an empty value leaves nothing. Throws `graph-invalid` for a text that cannot be read. */
export async function runTemplate(node: TemplateNode, inputs: Values): Promise<Values> {
  templateParams.mustFit(node)
  const reading = readTemplate(templateParams.of(node).text)
  if (!reading.ok) throw new EngineError('graph-invalid', `The text of ${node.name} cannot be read. ${reading.problem}`, { node: node.id })
  const text = reading.parts.map(part => ('name' in part ? (valueText(inputs[part.name] ?? null) ?? '') : part.text)).join('')
  return Object.fromEntries(node.fields.flatMap(({ name, role }) => (role === 'output' ? [[name, text]] : [])))
}
