import type { PlainMessage } from '@/engine/lm/parts'
import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { boundedCache } from './bounded-cache'
import type { PromptField, PromptValues, SystemText } from './prompt-field'
import { isXmlPrompt, xmlInputs, xmlOutputs } from './read-xml-prompt'
import { readType, schemaIn } from './read-type'

export interface PromptDemo {
  /** The demo's own text: what caches of things worked out from it are keyed by. */
  readonly text: string
  readonly inputs: PromptValues
  readonly outputs: PromptValues
}

/** All that a request tells: the task, worked examples and the values to answer for. */
export interface Prompt extends SystemText {
  readonly demos: readonly PromptDemo[]
  readonly request: PromptValues
  readonly format: 'chat' | 'json' | 'xml'
}

/**
 * Reads the messages of a chat, JSON or XML adapter by their structure alone: numbered field lines, `[[ ## name ## ]]` headers,
 * the 8-space tail of the system text, JSON answers. Connecting sentences are never looked at, save for a missing value's filler.
 */
export function readPrompt(messages: readonly PlainMessage[]): Prompt {
  const system = systems.of(messages.find(message => message.role === 'system')?.content ?? '', readSystem)
  const isXml = isXmlPrompt(messages[0]?.content ?? '', system)
  const outputNames = new Set(system.outputs.map(field => field.name))
  const demos: PromptDemo[] = []
  let last: PlainMessage | undefined
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at]
    if (message?.role !== 'user') continue
    const answer = messages[at + 1]
    if (answer?.role === 'assistant' && at + 2 < messages.length)
      demos.push(
        isXml ? readXmlDemo(message.content, answer.content, system) : demoCache.of(`${message.content}\u0000${answer.content}`, readDemo),
      )
    else last = message
  }
  const asked = withoutReminder(last?.content ?? '', outputNames)
  const request = isXml ? xmlInputs(asked, system.inputs) : blocksOf(asked)
  const known = Object.fromEntries(
    Object.entries(request).filter(([name]) => !outputNames.has(name) || system.inputs.some(field => field.name === name)),
  )
  return { ...system, demos: usable(demos, system), request: known, format: isXml ? 'xml' : formatOf(messages, last?.content ?? '') }
}

const systems = boundedCache<SystemText>(64)
const demoCache = boundedCache<PromptDemo>(4096)

/** Numbered lines give the fields (a restart at 1 opens the outputs), lines indented by eight spaces at the end the instructions. */
export function readSystem(text: string): SystemText {
  const lines = text.split('\n')
  let tail = lines.length
  while (tail > 0 && (/^ {8}/.test(lines[tail - 1] ?? '') || (lines[tail - 1] ?? '').trim() === '')) tail -= 1
  const instructions = lines
    .slice(tail)
    .map(line => line.slice(8))
    .join('\n')
    .trim()
  const schemas = schemasByName(lines.slice(0, tail))
  const sections: PromptField[][] = []
  let heading = ''
  const headings: string[] = []
  for (const line of lines.slice(0, tail)) {
    if (line.startsWith('[[ ##')) break
    const field = fieldLine(line)
    if (field === undefined) {
      const open = sections.at(-1)?.at(-1)
      if (open !== undefined && (/^\s{2,}\S/.test(line) || line.startsWith('Constraints'))) {
        sections.at(-1)?.splice(-1, 1, { ...open, desc: `${open.desc} ${line.trim()}`.trim() })
      } else if (line.trim() !== '') heading = line
      continue
    }
    if (field.number === 1) {
      sections.push([])
      headings.push(heading)
    }
    sections.at(-1)?.push({ name: field.name, type: readType(field.type, schemas[field.name]), desc: field.desc })
  }
  const onlyOutputs = sections.length === 1 && /output/i.test(headings[0] ?? '')
  return { inputs: (onlyOutputs ? [] : sections[0]) ?? [], outputs: (onlyOutputs ? sections[0] : sections[1]) ?? [], instructions }
}

function fieldLine(line: string): { number: number; name: string; type: string; desc: string } | undefined {
  const head = /^\s*(\d+)\. `(\w+)` \(/.exec(line)
  if (head === null) return undefined
  let depth = 1
  let at = head[0].length
  for (let quote = ''; at < line.length && depth > 0; at += 1) {
    const char = line.charAt(at)
    if (quote !== '') {
      if (char === '\\') at += 1
      else if (char === quote) quote = ''
    } else if (char === "'" || char === '"') quote = char
    else if (char === '(') depth += 1
    else if (char === ')') depth -= 1
  }
  const type = line.slice(head[0].length, at - 1)
  return { number: Number(head[1]), name: head[2] ?? '', type, desc: line.slice(at).replace(/^:\s*/, '').trim() }
}

function schemasByName(lines: readonly string[]): Record<string, Json> {
  const schemas: Record<string, Json> = {}
  for (const line of lines) {
    const placeholder = /\{(\w+)\}\s+#/.exec(line)
    const schema = placeholder === null ? undefined : schemaIn(line.slice(placeholder.index + placeholder[0].length).replace(/\\"/g, '"'))
    if (placeholder?.[1] !== undefined && schema !== undefined) schemas[placeholder[1]] = schema
  }
  return schemas
}

/** Values under `[[ ## name ## ]]` headers; text before the first header is dropped. */
export function blocksOf(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  let name = ''
  let lines: string[] = []
  const close = (): void => {
    if (name !== '' && name !== 'completed' && !(name in values)) values[name] = lines.join('\n').trim()
  }
  for (const line of text.split('\n')) {
    const header = /^\s*\[\[ ## (\w+) ## \]\](.*)$/.exec(line)
    if (header === null) {
      lines.push(line)
      continue
    }
    close()
    name = header[1] ?? ''
    lines = [header[2] ?? '']
  }
  close()
  return values
}

function readDemo(text: string): PromptDemo {
  const [user = '', assistant = ''] = text.split('\u0000')
  const json = parseJson(assistant.trim())
  const outputs =
    json.ok && isJsonObject(json.value)
      ? Object.fromEntries(
          Object.entries(json.value).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
        )
      : blocksOf(assistant)
  const supplied = Object.entries(outputs).filter(([, value]) => !filler.test(value))
  return { text, inputs: blocksOf(user), outputs: Object.fromEntries(supplied) }
}

function readXmlDemo(user: string, assistant: string, system: SystemText): PromptDemo {
  const outputs = Object.entries(xmlOutputs(assistant, system.outputs)).filter(([, value]) => !filler.test(value))
  return { text: `${user}\u0000${assistant}`, inputs: xmlInputs(user, system.inputs), outputs: Object.fromEntries(outputs) }
}

/** What an adapter may print for a value that a demo does not have. */
const filler =
  /^\W*(?:(?:the |this )?(?:value |field )?(?:is |was )?(?:(?:not|un)[ -]?(?:supplied|given|provided|available|known|specified)|left out|omitted|missing|absent)\b.{0,60}|none|null|n\/a)\W*$/i

function usable(demos: readonly PromptDemo[], system: SystemText): readonly PromptDemo[] {
  return demos.filter(demo => system.outputs.some(field => demo.outputs[field.name] !== undefined))
}

/** The last paragraph of a request tells the order of the answer; it is no part of the last input. */
function withoutReminder(text: string, outputNames: ReadonlySet<string>): string {
  const cut = text.lastIndexOf('\n\n')
  if (cut < 0) return text
  const paragraph = text.slice(cut)
  const quotesOutput = [...outputNames].some(
    name => paragraph.includes(`\`[[ ## ${name} ## ]]\``) || paragraph.includes(`\`${name}\``) || paragraph.includes(`\`<${name}>\``),
  )
  return quotesOutput ? text.slice(0, cut) : text
}

function formatOf(messages: readonly PlainMessage[], request: string): 'chat' | 'json' {
  const completed = '[[ ## completed ## ]]'
  if (request.includes(completed)) return 'chat'
  const asks = /\bjson\b/i.test(request.slice(request.lastIndexOf('\n\n') + 1))
  const shows = messages.some(message => message.role === 'assistant' && message.content.trimStart().startsWith('{'))
  if (asks || shows) return 'json'
  return messages[0]?.content.includes(completed) === false ? 'json' : 'chat'
}
