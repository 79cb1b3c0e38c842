/** A chat request as far as the simulated LM looks at it. */
export interface ChatBody {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly temperature?: number | null
  readonly n?: number | null
  readonly response_format?: unknown
}

export interface AskedField {
  readonly name: string
  /** Options of a closed choice; empty for all other types. */
  readonly options: readonly string[]
  readonly kind: 'label' | 'number' | 'object' | 'text'
}

export interface PromptDemo {
  readonly inputs: Values
  readonly outputs: Values
}
export type Values = Readonly<Record<string, string>>

export interface Task {
  readonly outputs: readonly AskedField[]
  readonly instructions: string
  readonly demos: readonly PromptDemo[]
  readonly inputs: Values
  readonly wantsJson: boolean
}

/**
 * Reads a prompt by the structure that DSPy's chat and JSON adapters share: numbered field lines (`` 1. `name` (type) ``, a restart at 1
 * opens the outputs), an objective indented by eight spaces, `[[ ## name ## ]]` blocks. No connecting sentence is looked at.
 * Undefined for a prompt without fields.
 */
export function readTask(body: ChatBody): Task | undefined {
  const system = body.messages.find(({ role }) => role === 'system')?.content ?? ''
  const outputs = outputFields(system)
  if (outputs.length === 0) return undefined
  const turns = body.messages.filter(({ role }) => role !== 'system')
  const last = turns.at(-1)?.content ?? ''
  const demos: PromptDemo[] = []
  turns.forEach(({ role, content }, at) => {
    const next = turns[at + 1]
    if (role === 'user' && next?.role === 'assistant') demos.push({ inputs: blocks(content), outputs: answerOf(next.content) })
  })
  const request = withoutReminder(last, outputs)
  return {
    outputs,
    instructions: objective(system),
    demos,
    inputs: blocks(request),
    wantsJson: (body.response_format ?? null) !== null || !last.includes('[[ ## completed ## ]]'),
  }
}

function outputFields(system: string): AskedField[] {
  const sections: AskedField[][] = []
  for (const [, number, name = '', rest = ''] of system.matchAll(/^(\d+)\. `(\w+)` \((.*)$/gm)) {
    if (number === '1') sections.push([])
    sections.at(-1)?.push(fieldOf(name, rest))
  }
  return sections[1] ?? []
}

function fieldOf(name: string, rest: string): AskedField {
  const literal = /^Literal\[(.*?)\]\)/.exec(rest)?.[1]
  if (literal !== undefined)
    return { name, kind: 'label', options: [...literal.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, a, b]) => a ?? b ?? '') }
  if (/^(?:int|float)\)/.test(rest)) return { name, kind: 'number', options: [] }
  return { name, kind: rest.startsWith('dict[') ? 'object' : 'text', options: [] }
}

function objective(system: string): string {
  const lines = system.trimEnd().split('\n')
  let at = lines.length
  while (at > 0 && (/^ {8}/.test(lines[at - 1] ?? '') || lines[at - 1]?.trim() === '')) at -= 1
  return lines
    .slice(at)
    .map(line => line.trim())
    .join('\n')
    .trim()
}

function blocks(text: string): Values {
  const values: Record<string, string> = {}
  const parts = text.split(/^\[\[ ## (\w+) ## \]\]\s*$/m)
  for (let at = 1; at < parts.length; at += 2) {
    const name = parts[at] ?? ''
    if (name !== 'completed') values[name] ??= (parts[at + 1] ?? '').trim()
  }
  return values
}

function answerOf(text: string): Values {
  if (!text.trimStart().startsWith('{')) return blocks(text)
  try {
    const json: unknown = JSON.parse(text)
    return Object.fromEntries(Object.entries(json ?? {}).map(([name, value]) => [name, String(value)]))
  } catch {
    return {}
  }
}

/** The last paragraph may name the outputs in backticks; it belongs to no input. */
function withoutReminder(text: string, outputs: readonly AskedField[]): string {
  const at = text.lastIndexOf('\n\n')
  const isReminder = outputs.some(({ name }) => new RegExp(`\`(?:\\[\\[ ## )?${name}(?: ## \\]\\])?\``).test(text.slice(at)))
  return at >= 0 && isReminder ? text.slice(0, at) : text
}
