import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'

/**
 * The JSON of a response body. Some servers frame an answer as a stream of events though none was asked for: then the pieces are
 * joined to what would have come in one. Undefined where the body is neither.
 */
export function readBody(body: string): JsonObject | undefined {
  const whole = parseJson(body)
  if (whole.ok) return objectOf(whole.value)
  const firstEvent = /^data:/m.exec(body)?.index ?? body.length
  const head = parseJson(body.slice(0, firstEvent).trim())
  if (head.ok && isJsonObject(head.value)) return head.value
  const events = eventsOf(body)
  return events.values.length === 0 ? undefined : joined(events)
}

/** Gemini sends its errors in a list. */
function objectOf(value: Json): JsonObject | undefined {
  const root = Array.isArray(value) ? value[0] : value
  return isJsonObject(root) ? root : undefined
}

interface Events {
  readonly values: readonly JsonObject[]
  /** The stream said that it is over. */
  readonly isDone: boolean
}

/** Events by the lines that hold them: `data: {…}`, or JSON alone on each line. */
function eventsOf(body: string): Events {
  const values: JsonObject[] = []
  let isDone = false
  let pending: string[] = []
  const add = (text: string): boolean => {
    const parsed = parseJson(text)
    if (parsed.ok && isJsonObject(parsed.value)) values.push(parsed.value)
    return parsed.ok
  }
  const close = (): void => {
    const lines = pending
    pending = []
    // One value may be spread over several lines of an event; others send several events without a blank line between them.
    if (lines.length > 0 && !add(lines.join('\n'))) for (const line of lines) add(line)
  }
  for (const line of body.split(/\r\n|\n|\r/)) {
    const data = line.startsWith('data:') ? line.slice(5).trim() : line.startsWith('{') ? line : undefined
    if (data === '[DONE]') isDone = true
    else if (data !== undefined) pending.push(data)
    else if (line.trim() === '') close()
  }
  close()
  return { values, isDone }
}

/** The pieces of the first choice as one completion. A stream that breaks off counts as ended by an error. */
function joined({ values, isDone }: Events): JsonObject {
  const failed = values.find(event => isError(event['error']))
  if (failed) return failed
  const pieces: { [field: string]: Json[] } = {}
  const tools = new Map<number, { id: Json; name: Json; args: Json[] }>()
  let finish: Json = isDone ? 'stop' : 'error'
  let usage: JsonObject = {}
  let whole: JsonObject | undefined
  for (const event of values) {
    if (isJsonObject(event['usage'])) usage = event['usage']
    const choice = listOf(event['choices']).find(one => isJsonObject(one) && (one['index'] ?? 0) === 0)
    if (!isJsonObject(choice)) continue
    if (isError(choice['error'])) return { error: choice['error'] ?? null }
    if (typeof choice['finish_reason'] === 'string' && choice['finish_reason'] !== '') finish = choice['finish_reason']
    if (isJsonObject(choice['message'])) whole = choice['message']
    const delta = isJsonObject(choice['delta']) ? choice['delta'] : {}
    for (const [name, value] of Object.entries(delta)) {
      if (name === 'tool_calls') listOf(value).forEach((call, place) => isJsonObject(call) && addTool(tools, call, place))
      else if (joinedFields.has(name) && value !== null) (pieces[name] ??= []).push(value)
    }
  }
  const message: JsonObject = {
    ...Object.fromEntries(Object.entries(pieces).map(([name, list]) => [name, joinPieces(list)])),
    ...(tools.size > 0 && {
      tool_calls: [...tools.values()].map(({ id, name, args }) => ({ id, function: { name, arguments: joinPieces(args) } })),
    }),
  }
  const isEmpty = Object.keys(message).length === 0
  return { choices: [{ message: isEmpty && whole ? whole : message, finish_reason: finish }], usage }
}

const joinedFields: ReadonlySet<string> = new Set([
  'content',
  'refusal',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
  'thinking',
  'thinking_blocks',
])

function addTool(tools: Map<number, { id: Json; name: Json; args: Json[] }>, call: JsonObject, place: number): void {
  const index = typeof call['index'] === 'number' ? call['index'] : place
  const known = tools.get(index) ?? { id: '', name: '', args: [] }
  const { name, arguments: args } = isJsonObject(call['function']) ? call['function'] : {}
  if (args !== undefined && args !== null) known.args.push(args)
  tools.set(index, { id: call['id'] ?? known.id, name: name ?? known.name, args: known.args })
}

/** Texts are put together; lists of parts follow one another. */
function joinPieces(pieces: readonly Json[]): Json {
  if (pieces.every(piece => typeof piece === 'string')) return pieces.join('')
  return pieces.length === 1 ? (pieces[0] ?? null) : pieces.flatMap(piece => (Array.isArray(piece) ? [...piece] : [piece]))
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** Some servers send `"error": null` or `""` with every success. */
export function isError(value: Json | undefined): boolean {
  return isJsonObject(value) || (typeof value === 'string' && value !== '')
}
