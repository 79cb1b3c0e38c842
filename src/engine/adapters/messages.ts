import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { Content, Message } from '../lm/parts'
import type { Demo } from '../program/program'
import type { Field } from '../signature/signature'
import type { Adapter } from './adapter'
import { filePlaces } from './file-places'
import { formatValue } from './format-value'
import { frames, type Frame, type Layout } from './frame'
import { frameText } from './frame-text'
import { historyField, historyMessages } from './history'

/**
 * The message list that all our adapters share: system, demo pairs, the request. Demos that lack a field come before
 * the complete ones, as in DSPy; a null counts as lacking; a demo without any input or any output is left out.
 */
export function messageFormat(layout: Layout): Adapter['format'] {
  const frameOf = frames(layout)
  // A compile sends the same demos with thousands of rows; a list of demos is never changed in place.
  const formatted = new WeakMap<readonly Demo[], { readonly frame: Frame; readonly messages: readonly Message[] }>()

  function demoMessages(frame: Frame, demos: readonly Demo[]): readonly Message[] {
    if (demos.length === 0) return []
    const known = formatted.get(demos)
    if (known?.frame === frame) return known.messages
    const messages = formatDemos(layout, frame, demos)
    formatted.set(demos, { frame, messages })
    return messages
  }

  function turnContent(fields: readonly Field[], values: Values, suffix?: string): Content {
    return userContent(layout, fields, { values, ...(suffix !== undefined && { suffix }) })
  }

  return (signature, demos, inputs, { nativeTools = false } = {}) => {
    const frame = frameOf(signature)
    const system: Message = { role: 'system', content: frame.system(signature.instructions) }
    const { reminder: suffix } = frame
    const history = historyField(frame.inputs)
    // The turns of a history are messages, and the field that held them is in none of these.
    const fields = history ? frame.inputs.filter(field => field !== history) : frame.inputs
    const turns = history ? historyMessages(layout, { ...frame, inputs: fields, nativeTools }, own(inputs, history.name), turnContent) : []
    const request: Message = { role: 'user', content: userContent(layout, fields, { values: inputs, suffix }) }
    return [system, ...demoMessages(frame, demos), ...turns, request]
  }
}

function formatDemos(layout: Layout, { inputs, outputs }: Frame, demos: readonly Demo[]): readonly Message[] {
  const incomplete: Message[] = []
  const complete: Message[] = []
  for (const demo of demos) {
    const isComplete = [...inputs, ...outputs].every(field => (own(demo, field.name) ?? null) !== null)
    if (isComplete) {
      complete.push(
        { role: 'user', content: userContent(layout, inputs, { values: demo }) },
        { role: 'assistant', content: layout.answer(outputs, demo, undefined) },
      )
    } else if (inputs.some(field => has(demo, field)) && outputs.some(field => has(demo, field))) {
      incomplete.push(
        { role: 'user', content: userContent(layout, inputs, { values: demo, prefix: frameText.incompleteDemo }) },
        { role: 'assistant', content: layout.answer(outputs, demo, frameText.leftOut) },
      )
    }
  }
  return [...incomplete, ...complete]
}

interface UserTurn {
  readonly values: Values
  readonly prefix?: string
  readonly suffix?: string
}

function userContent(
  { block, value: write = formatField }: Layout,
  fields: readonly Field[],
  { values, prefix = '', suffix }: UserTurn,
): Content {
  const places = filePlaces(
    fields.map(({ name }) => own(values, name) ?? null),
    fields.map(({ type }) => type),
  )
  let content = prefix
  for (const field of fields) {
    const value = own(values, field.name)
    if (value !== undefined) content += `${content === '' ? '' : '\n\n'}${block(field.name, write(field, places.hold(value, field.type)))}`
  }
  if (suffix) content += `${content === '' ? '' : '\n\n'}${suffix}`
  return places.fill(content.trim())
}

function formatField({ type }: Field, value: Json): string {
  return formatValue(type, value)
}

function has(demo: Demo, field: Field): boolean {
  return own(demo, field.name) !== undefined
}

function own(values: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}
