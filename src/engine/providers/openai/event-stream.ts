import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { calledIn, listedCalls } from './tool-calls'

/** A stream of events as what would have come in one: a completion, a list, or an error. Undefined where there is no event. */
export function joinedStream(body: string): Json | undefined {
  const events = eventsOf(body)
  if (events.values.length === 0) return undefined
  const values = events.values.flat()
  const objects = values.some(isPiece) ? values.filter(isJsonObject) : events.values.filter(isJsonObject)
  if (objects.length === 0) return values
  const failed = objects.find(event => isError(event['error']))
  if (failed) return failed
  if (objects.some(isPiece)) return joinedChoices(objects, events.isDone)
  // Each event may hold one entry of a list.
  const list = listFields.find(field => objects.filter(event => Array.isArray(event[field])).length > 1)
  const whole = Object.fromEntries(objects.flatMap(event => Object.entries(event)))
  return list === undefined ? whole : { ...whole, [list]: objects.flatMap(event => listOf(event[list])) }
}

/** A stream whose events come in one list, which says by its end that it is over. Any other value comes back as it is. */
export function joinedList(root: Json): Json {
  if (!Array.isArray(root) || !root.some(isPiece)) return root
  const objects = root.filter(isJsonObject)
  const [only, ...others] = objects
  if (only && others.length === 0) return only
  return objects.find(event => isError(event['error'])) ?? joinedChoices(objects, true)
}

/** A piece of a completion, or a whole one. */
function isPiece(value: Json): boolean {
  return isJsonObject(value) && 'choices' in value
}

const listFields = ['data', 'models', 'embeddings'] as const

interface Events {
  /** Objects and lists. */
  readonly values: readonly Json[]
  /** The stream said that it is over. */
  readonly isDone: boolean
}

/** Events by the lines that hold them: `data: {…}`, or JSON alone on each line. */
function eventsOf(body: string): Events {
  const values: Json[] = []
  let isDone = false
  let pending: string[] = []
  let unreadable = 0
  const add = (text: string): boolean => {
    // Nothing else counts, and a body of thousands of pieces that are none is no stream: each failed try costs more than a success.
    if (!/^[{[]/.test(text) || unreadable > mostUnreadable) return false
    const parsed = parseJson(text)
    if (parsed.ok) values.push(parsed.value)
    else unreadable += 1
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

const mostUnreadable = 1000

interface JoinedTool {
  readonly id: Json
  readonly name: Json
  readonly args: Json[]
}

/** The pieces of the first choice as one completion. A stream that breaks off counts as ended by an error. */
function joinedChoices(events: readonly JsonObject[], isDone: boolean): JsonObject {
  const pieces: { [field: string]: Json[] } = {}
  const tools = new Map<number, JoinedTool>()
  let finish: Json = isDone ? 'stop' : 'error'
  let usage: JsonObject = {}
  const wholes: JsonObject[] = []
  let isEnded = false
  let last: JsonObject | undefined
  const add = (delta: JsonObject): void => {
    for (const [name, value] of Object.entries(delta)) {
      if (name === 'tool_calls') listedCalls(value).forEach((call, place) => isJsonObject(call) && addTool(tools, call, place))
      else if (name === 'function_call') addTool(tools, { function: value }, 0)
      else if (joinedFields.has(name) && value !== null) (pieces[name] ??= []).push(value)
    }
  }
  let isSpoken = false
  let isCutUp = false
  for (const event of events) {
    if (isJsonObject(event['usage'])) usage = event['usage']
    const choice = listOf(event['choices']).find(one => isJsonObject(one) && (one['index'] ?? 0) === 0)
    if (!isJsonObject(choice)) continue
    last = choice
    if (isError(choice['error'])) return { error: choice['error'] ?? null }
    if (isJsonObject(choice['message'])) {
      const isNew = wholes.length > 0 && !continues(wholes.at(-1), choice['message'])
      // After one that is over it would be another answer.
      if (isNew && isEnded) continue
      isCutUp ||= isNew
      wholes.push(choice['message'])
    }
    if (typeof choice['finish_reason'] === 'string' && choice['finish_reason'] !== '') {
      finish = choice['finish_reason']
      isEnded = true
    }
    if (isJsonObject(choice['delta'])) add(choice['delta'])
    isSpoken ||= isJsonObject(choice['delta']) || isJsonObject(choice['message'])
  }
  // Some servers send pieces by the name of a whole message.
  if (isCutUp && Object.keys(pieces).length === 0) for (const message of wholes) add(message)
  // An error may come as an event of its own, with its words and nothing else.
  const cause = finish === 'error' && events.find(event => !('choices' in event) && causeFields.some(field => field in event))
  if (cause) return { error: cause }
  // A choice of another shape, such as a bare text, is shown as it came.
  if (!isSpoken && (last || isDone)) return { choices: last ? [last] : [], usage }
  const message: JsonObject = {
    ...Object.fromEntries(Object.entries(pieces).map(([name, list]) => [name, joinPieces(list)])),
    ...(tools.size > 0 && {
      tool_calls: [...tools.values()].map(({ id, name, args }) => ({ id, function: { name, arguments: joinPieces(args) } })),
    }),
  }
  const whole = isCutUp ? {} : Object.fromEntries(Object.entries(wholes.at(-1) ?? {}).filter(([, value]) => !isBlank(value)))
  return { choices: [{ message: { ...message, ...whole }, finish_reason: finish }], usage }
}

/** Whether a message says what the one before said, and may go on from there. */
function continues(before: JsonObject | undefined, message: JsonObject): boolean {
  const [earlier, later] = [before?.['content'] ?? '', message['content'] ?? '']
  return typeof earlier === 'string' && typeof later === 'string' ? later.startsWith(earlier) : false
}

function isBlank(value: Json): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}

const causeFields = ['message', 'detail'] as const

/** Fields of a message in which servers put thoughts. */
export const thoughtFields = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking', 'thinking_blocks'] as const

const joinedFields: ReadonlySet<string> = new Set(['content', 'refusal', ...thoughtFields])

function addTool(tools: Map<number, JoinedTool>, call: JsonObject, place: number): void {
  const index = typeof call['index'] === 'number' ? call['index'] : place
  const known = tools.get(index) ?? { id: '', name: '', args: [] }
  const { name = call['name'], args } = calledIn(call) ?? {}
  if (args !== undefined) known.args.push(args)
  // Later pieces of a call may leave id and name empty.
  tools.set(index, { id: call['id'] || known.id, name: name || known.name, args: known.args })
}

/** Texts are put together; lists of parts follow one another. */
function joinPieces(pieces: readonly Json[]): Json {
  if (pieces.every(piece => typeof piece === 'string')) return pieces.join('')
  const [only = null, ...others] = pieces.filter(piece => piece !== '')
  return others.length === 0 ? only : [only, ...others].flatMap(piece => (Array.isArray(piece) ? [...piece] : [piece]))
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** Some servers send `"error": null`, `""`, `false` or `{}` with every success. */
export function isError(value: Json | undefined): boolean {
  if (isJsonObject(value)) return Object.values(value).some(part => part !== null && part !== '')
  return typeof value === 'string' ? value !== '' : Array.isArray(value) && value.length > 0
}
