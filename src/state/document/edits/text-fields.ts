import type { Field } from '@/engine/signature/signature'
import { fieldNameProblem } from '@/engine/signature/types/field-name'
import { readTemplate, templateNames, writeTemplate } from '@/engine/modules/template-text'
import { newField } from './new-node'
import type { ProjectDraft } from '../project-store'

type NodeDraft = ProjectDraft['graph']['nodes'][number]

/**
 * The fields of a template whose text is this: an input for each name in it. One name that goes as another comes is a rename, and its
 * wires stay. While the text cannot be read, or a name is half typed, no input goes.
 */
export function fieldsOfText(fields: readonly Field[], text: string): readonly Field[] {
  const named = templateNames(text)
  if (named === undefined) return fields
  const names = named.filter(name => fieldNameProblem(name) === undefined)
  const inputs = fields.filter(({ role }) => role === 'input')
  const isWhole = names.length === named.length
  const gone = isWhole ? inputs.filter(({ name }) => !names.includes(name)) : []
  const added = names.filter(name => !inputs.some(input => input.name === name))
  const renamed = gone.length === 1 && added.length === 1 ? gone[0] : undefined
  return [
    ...inputs.flatMap(field => (field === renamed ? [{ ...field, name: added[0] ?? '' }] : gone.includes(field) ? [] : [field])),
    ...(renamed ? [] : added.map(name => newField(name, 'input'))),
    ...fields.filter(({ role }) => role === 'output'),
  ]
}

/** The text of a template follows its fields: a new input is added at its end, a renamed one is called so. One that went stays in the text. */
export function followInText(
  node: NodeDraft,
  { before, after }: { readonly before: readonly Field[]; readonly after: readonly Field[] },
): void {
  if (node.kind !== 'template') return
  const text = String(node.moduleParams['text'] ?? '')
  const reading = readTemplate(text)
  if (!reading.ok) return
  const names = new Map(
    before.flatMap(old => {
      const next = old.role === 'input' ? after.find(({ id }) => id === old.id) : undefined
      return next && next.name !== old.name ? [[old.name, next.name] as const] : []
    }),
  )
  const parts = reading.parts.map(part => ('name' in part ? { name: names.get(part.name) ?? part.name } : part))
  const known = new Set(parts.flatMap(part => ('name' in part ? [part.name] : [])))
  const fresh = after.filter(({ id, role, name }) => role === 'input' && !known.has(name) && !before.some(old => old.id === id))
  if (names.size === 0 && fresh.length === 0) return
  const renamed = names.size === 0 ? text : writeTemplate(parts)
  node.moduleParams['text'] = [renamed, ...fresh.map(({ name }) => `{${name}}`)].filter(line => line !== '').join('\n')
}
