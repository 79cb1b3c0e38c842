import { isModelValue } from '@/engine/adapters/baml-type'
import { filePlaces } from '@/engine/adapters/file-places'
import { formatJson, formatPlain, formatValue } from '@/engine/adapters/format-value'
import { historyField } from '@/engine/adapters/history'
import { adapters, exactAdapters } from '@/engine/adapters/registry'
import type { Values } from '@/engine/base/example'
import type { Content, Message } from '@/engine/lm/parts'
import type { AdapterId } from '@/engine/program/adapter-id'
import type { Demo } from '@/engine/program/program'
import { cleanInstructions } from '@/engine/signature/clean-instructions'
import type { Field } from '@/engine/signature/signature'
import type { Json } from '@/lib/json'
import { instructionsMark, type Plan } from './frames'

export interface Rendered {
  readonly instructions: string
  readonly demos: readonly Demo[]
  readonly inputs: Values
}

/**
 * The messages that adapter.py sends by a plan, as `messages_of` there makes them: its fixed texts with the values put in. What lies between
 * the system message and the request (demos, and turns of a conversation) has no text of its own in the plan, and is laid out by the engine.
 */
export function messagesOfPlan(plan: Plan, { instructions, demos, inputs }: Rendered): readonly Message[] {
  const fields = plan.fields.map((field): Field => ({ ...field, id: field.name, desc: '' }))
  const engine = (plan.isExact ? exactAdapters : adapters)[plan.layout]
  const between = engine.format({ instructions: '', fields }, demos, inputs).slice(1, -1)
  const given = fields.filter(({ role }) => role === 'input')
  const history = historyField(given)
  const shown = given.filter(field => field !== history)
  return [
    { role: 'system', content: systemText(plan, instructions) },
    ...between,
    { role: 'user', content: requestContent(plan, shown, inputs) },
  ]
}

function systemText({ system, withoutInstructions }: Plan, instructions: string): string {
  const cleaned = cleanInstructions(instructions)
  if (cleaned === '') return withoutInstructions
  const [before = '', after = ''] = system.split(instructionsMark)
  const start = before.slice(before.lastIndexOf('\n') + 1)
  const indent = start.trim() === '' ? start : ''
  return before + cleaned.split('\n').join(`\n${indent}`) + after
}

function requestContent({ layout, reminder }: Plan, fields: readonly Field[], inputs: Values): Content {
  const value = (name: string): Json | undefined => (Object.hasOwn(inputs, name) ? inputs[name] : undefined)
  const places = filePlaces(
    fields.map(({ name }) => value(name) ?? null),
    fields.map(({ type }) => type),
  )
  const blocks = fields.flatMap(field => {
    const given = value(field.name)
    return given === undefined ? [] : [block(layout, field.name, written(layout, field, places.hold(given, field.type)))]
  })
  return places.fill([...blocks, ...(reminder === '' ? [] : [reminder])].join('\n\n').trim())
}

function block(layout: AdapterId, name: string, value: string): string {
  if (layout === 'xml') return `<${name}>\n${value}\n</${name}>`
  return layout === 'two-step' ? `${name}: ${value}` : `[[ ## ${name} ## ]]\n${value}`
}

function written(layout: AdapterId, { type }: Field, value: Json): string {
  if (layout === 'two-step') return formatPlain(type, value)
  return layout === 'baml' && isModelValue(type, value) ? formatJson(type, value, '') : formatValue(type, value)
}
