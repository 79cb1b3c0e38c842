import { boundedCache } from '@/lib/bounded-cache'
import { isJsonObject, parseJson } from '@/lib/json'
import { readXmlFields } from '../read-xml'
import { readXmlValue } from '../read-xml-value'
import type { Prompt, PromptDemo, PromptField, PromptValues, SystemText } from './prompt'
import { blocksOf } from './read-blocks'
import { heldIn, plainValues } from './read-plain'
import { readSystem } from './read-system'

/** A message as any client holds it. */
export interface PromptMessage {
  readonly role: string
  readonly content: string
}

/**
 * The inverse of `Adapter.format`, for every stand-in of a language model: the Sandbox, the models of tests and benches, fake servers.
 * Reads the messages of every adapter by their structure alone: numbered field lines, `[[ ## name ## ]]` headers and
 * tags, instructions indented by eight spaces, JSON answers; of the two steps, `name: value` paragraphs. The sentences between are never looked at, so that they may be reworded,
 * and so that DSPy's own prompts are read as well. A system message may stand at the front of the first question.
 * `outputs` is empty for a message that is no prompt of an adapter. Never throws.
 */
export function readPrompt(written: readonly PromptMessage[]): Prompt {
  const messages = withSystem(written)
  const { system, form, demoOf } = systems.of(messages[0]?.role === 'system' ? messages[0].content : '', systemOf)
  const demos: PromptDemo[] = []
  let last = ''
  for (const [at, { role, content }] of messages.entries()) {
    if (role !== 'user') continue
    const answer = messages[at + 1]
    if (answer?.role === 'assistant' && at + 2 < messages.length) demos.push(demoOf(content, answer.content))
    else last = content
  }
  const { asked, reminder } = splitReminder(last, system)
  const shown = [...(system.examples ?? []), ...demos].filter(demo => system.outputs.some(({ name }) => demo.outputs[name] !== undefined))
  const request = inputsIn(asked, system, form)
  const [only, ...others] = Object.values(request)
  const held = form === 'marked' && others.length === 0 && only !== undefined ? heldIn(only, system.outputs) : undefined
  const format = form === 'marked' ? formatOf(reminder, messages) : form
  return { ...system, demos: shown, request, format, ...(held && { held }) }
}

/** How values stand in a prompt: in tags, under markers, or behind their names in plain words. */
type Form = 'xml' | 'marked' | 'plain'

/** A system message, read once for all the requests that begin with it, and the demos read by its fields. */
interface ReadSystem {
  readonly system: SystemText
  readonly form: Form
  demoOf(user: string, assistant: string): PromptDemo
}
const systems = boundedCache<ReadSystem>(64)

function systemOf(text: string): ReadSystem {
  const system = readSystem(text)
  const form = hasTags(text, system) ? 'xml' : system.outputs.length > 0 && !/\[\[ ## |\n\n\{$/m.test(text) ? 'plain' : 'marked'
  const demos = boundedCache<PromptDemo>(512)
  return {
    system,
    form,
    demoOf: (user, assistant) =>
      demos.of(`${user}\u0000${assistant}`, key => {
        const supplied = Object.entries(outputsIn(assistant, system, form)).filter(([, value]) => !filler.test(value))
        // A turn of a history ends with the reminder, as the request does.
        const { asked } = splitReminder(user, system)
        return { text: key, inputs: inputsIn(asked, system, form), outputs: Object.fromEntries(supplied) }
      }),
  }
}

/** For a model that takes no system message it stands at the front of the first question. Its last lines are its only indented ones. */
function withSystem(messages: readonly PromptMessage[]): readonly PromptMessage[] {
  const [first, ...others] = messages
  if (first === undefined || first.role === 'system' || !/^[ \t]*1\. `/m.test(first.content)) return messages
  const found = /^ {8}.*(?:\n {8}.*)*(?:\n+|$)/m.exec(first.content)
  if (found === null) return messages
  const end = found.index + found[0].length
  return [{ role: 'system', content: first.content.slice(0, end) }, { ...first, content: first.content.slice(end) }, ...others]
}

/** True where the system message lays the fields out in tags. */
function hasTags(text: string, { outputs }: SystemText): boolean {
  return outputs.length > 0 && outputs.every(({ name }) => text.includes(`</${name}>`)) && !/^\[\[ ## \w+ ## \]\]$/m.test(text)
}

function inputsIn(text: string, { inputs }: SystemText, form: Form): PromptValues {
  if (form === 'marked') return blocksOf(text, inputs)
  if (form === 'plain') return plainValues(text, inputs)
  const found = readXmlFields(text, new Set(inputs.map(({ name }) => name)))
  // Inputs stand in their tags as they are: nothing of them is escaped.
  return Object.fromEntries([...found].map(([name, elements]) => [name, (elements[0]?.raw ?? '').trim()]))
}

function outputsIn(text: string, { outputs }: SystemText, form: Form): PromptValues {
  if (form === 'xml') return xmlOutputs(text, outputs)
  if (form === 'plain') return plainValues(text, outputs)
  const json = parseJson(text.trim())
  if (!json.ok || !isJsonObject(json.value)) return blocksOf(text, outputs)
  return Object.fromEntries(
    Object.entries(json.value).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

function xmlOutputs(text: string, fields: readonly PromptField[]): PromptValues {
  const found = readXmlFields(text, new Set(fields.map(({ name }) => name)))
  const entries = fields.flatMap(({ name, type }): [string, string][] => {
    const elements = found.get(name)
    const value = elements && readXmlValue(type, elements)
    return value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
  })
  return Object.fromEntries(entries)
}

/** What an adapter may print for a value that a demo does not have. */
const filler =
  /^\W*(?:(?:the |this )?(?:value |field )?(?:is |was )?(?:(?:not|un)[ -]?(?:supplied|given|provided|available|known|specified)|left out|omitted|missing|absent)\b.{0,60}|none|null|n\/a)\W*$/i

/**
 * The last paragraph of a request tells the order of the answer; it is not part of the last input. Where nothing is to be written but calls
 * of tools it names no field.
 */
function splitReminder(text: string, { inputs, outputs }: SystemText): { readonly asked: string; readonly reminder: string } {
  const cut = text.lastIndexOf('\n\n')
  const reminder = text.slice(Math.max(0, cut))
  const names = outputs.flatMap(({ name }) => [`\`[[ ## ${name} ## ]]\``, `\`${name}\``, `\`<${name}>\``])
  const isReminder = outputs.length === 0 ? inputs.length > 0 && cut > 0 : names.some(name => reminder.includes(name))
  return isReminder ? { asked: text.slice(0, Math.max(0, cut)), reminder } : { asked: text, reminder: '' }
}

function formatOf(reminder: string, messages: readonly PromptMessage[]): 'chat' | 'json' {
  const completed = '[[ ## completed ## ]]'
  if (reminder.includes(completed)) return 'chat'
  const shows = messages.some(({ role, content }) => role === 'assistant' && content.trimStart().startsWith('{'))
  if (shows || /\bjson\b/i.test(reminder)) return 'json'
  return messages[0]?.role === 'system' && !messages[0].content.includes(completed) ? 'json' : 'chat'
}
