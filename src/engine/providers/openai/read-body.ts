import { parseExactJson } from '@/lib/exact-json'
import { parseJson, type Json } from '@/lib/json'
import { joinedList, joinedStream } from './event-stream'

/**
 * The JSON in a body, however it is framed: alone, with remarks before it or an end mark after it, or as a stream of events though none was
 * asked for; then the pieces are joined to what would have come in one. `NaN`, which Python writes, is read as null. Undefined where there
 * is no JSON. Takes time in proportion to the body.
 */
export function readBody(body: string): Json | undefined {
  const text = withoutEndMark(withoutRemarks(body))
  const whole = parsed(text)
  if (whole !== undefined) return joinedList(whole)
  const head = parsed(text.slice(0, /^data:/m.exec(text)?.index ?? 0).trim())
  return head === undefined ? joinedStream(body) : joinedList(head)
}

function parsed(text: string): Json | undefined {
  if (text === '') return undefined
  const strict = parseJson(text)
  if (strict.ok) return strict.value
  const loose = parseExactJson(text, { allowNonFinite: true })
  return loose.ok ? loose.value : undefined
}

/** A byte order mark, and the lines by which routers keep a connection open (`: PROCESSING`), also where no stream was asked for. */
function withoutRemarks(body: string): string {
  return body.replace(/^\uFEFF/, '').replace(/^(?:\s*:[^\n]*\n)+/, '')
}

function withoutEndMark(body: string): string {
  const text = body.trimEnd()
  if (!text.endsWith(endMark)) return text
  const before = text.slice(0, -endMark.length).trimEnd()
  return before.endsWith('data:') ? before.slice(0, -'data:'.length).trimEnd() : before
}

const endMark = '[DONE]'
