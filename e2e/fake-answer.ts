/** The default answer of the fake server: every field the last message asks for, with values that depend on its inputs alone. */
export function markerAnswer(request: {
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly body: Readonly<Record<string, unknown>>
}): string {
  const last = request.messages.at(-1)?.content ?? ''
  const { inputs, asked, wantsJson } = readMarkers(last)
  const values = asked.map(field => [field.name, valueFor(field, inputs)] as const)
  if (wantsJson || request.body['response_format'] !== undefined) return JSON.stringify(Object.fromEntries(values))
  if (values.length === 0) return `fake answer ${digest(last).toString(16)}`
  return [
    ...values.map(([name, value]) => `[[ ## ${name} ## ]]\n${typeof value === 'string' ? value : JSON.stringify(value)}`),
    '[[ ## completed ## ]]',
  ].join('\n\n')
}

interface AskedField {
  readonly name: string
  /** What the message says about the field's type: the text behind its marker. */
  readonly hint: string
}

/** Markers on a line of their own head the inputs; markers inside a sentence, or backticked names for JSON, are asked for. */
export function readMarkers(message: string): {
  readonly inputs: Readonly<Record<string, string>>
  readonly asked: readonly AskedField[]
  readonly wantsJson: boolean
} {
  const inputs: Record<string, string> = {}
  const asked: AskedField[] = []
  const lines = message.split('\n')
  let current: string | undefined
  let reminder = ''
  for (const line of lines) {
    const alone = /^\[\[ ## (\w+) ## \]\]$/.exec(line.trim())
    if (alone?.[1]) {
      current = alone[1]
      inputs[current] = ''
    } else if (line.includes('[[ ## ') || (/\bJSON\b/.test(line) && line.includes('`'))) {
      current = undefined
      reminder += `${line}\n`
    } else if (current !== undefined) {
      inputs[current] = `${inputs[current]}\n${line}`.trim()
    } else if (reminder !== '') reminder += `${line}\n`
  }
  const isJson = !reminder.includes('[[ ## ')
  const names = isJson ? /`(\w+)`/g : /\[\[ ## (\w+) ## \]\]/g
  const found = [...reminder.matchAll(names)]
  for (const [index, match] of found.entries()) {
    const name = match[1]
    if (name === undefined || name === 'completed' || asked.some(field => field.name === name)) continue
    asked.push({ name, hint: reminder.slice(match.index + match[0].length, found[index + 1]?.index) })
  }
  return { inputs, asked, wantsJson: isJson && asked.length > 0 }
}

function valueFor({ name, hint }: AskedField, inputs: Readonly<Record<string, string>>): unknown {
  const seed = digest(JSON.stringify([name, inputs]))
  const literal = /Literal\[(.*?)\](?!\])/.exec(hint)?.[1]
  if (literal !== undefined && !/\blist\[/i.test(hint)) {
    const options = [...literal.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,\s]+)/g)].map(
      ([, single, double, bare]) => single ?? double ?? bare ?? '',
    )
    return options[seed % Math.max(1, options.length)] ?? ''
  }
  if (/\blist\[/i.test(hint)) return [`item ${seed % 97}`]
  if (/\bbool\b/.test(hint)) return seed % 2 === 0 ? 'True' : 'False'
  if (/\bint\b/.test(hint)) return String(seed % 100)
  if (/\bfloat\b/.test(hint)) return String((seed % 1000) / 10)
  if (/\bdict\[|\bobject\b|JSON schema/i.test(hint)) return {}
  return `${name} of ${Object.values(inputs).join(' ').split(/\s+/).filter(Boolean).slice(0, 6).join(' ')} ${seed % 1000}`.trim()
}

function digest(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
