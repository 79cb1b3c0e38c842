import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { isPage, pageText } from './page-text'

/**
 * What a refusal says, one text for each object in it: its strings, and its lists of plain values as a path (`body.seed`). JSON inside a
 * text is read like the rest, as routers put the refusal of the provider behind them into `error.metadata.raw`. A body that is no JSON
 * is one text; of a web page, what it shows. Values that repeat the request are left out. Takes time in proportion to the length of the body.
 */
export function refusalTexts(body: string): readonly string[] {
  const texts: string[] = []
  readText(body.slice(0, mostCharacters), 0, texts)
  return texts
}

function readText(text: string, depth: number, texts: string[]): void {
  const value = depth <= mostNested ? parsed(text) : undefined
  if (value !== undefined) readValue(value, depth, texts)
  else if (isPage(text)) readPage(pageText(text), depth + 1, texts)
  else texts.push(text)
}

/** What a page says, which may be the JSON that a server behind it sent. */
function readPage(text: string, depth: number, texts: string[]): void {
  const start = text.indexOf('{')
  const end = text.lastIndexOf('}') + 1
  const sent = start < 0 || depth > mostNested ? undefined : parsed(text.slice(start, end))
  texts.push(sent === undefined ? text : `${text.slice(0, start)}${text.slice(end)}`)
  if (sent !== undefined) readValue(sent, depth, texts)
}

function readValue(value: Json, depth: number, texts: string[]): void {
  if (typeof value === 'string') return readText(value, depth + 1, texts)
  if (depth > mostNested) return
  if (Array.isArray(value)) {
    for (const entry of value) readValue(entry, depth + 1, texts)
    return
  }
  if (!isJsonObject(value)) return
  const own: string[] = []
  for (const [name, part] of Object.entries(value)) {
    if (repeatsRequest.has(name)) continue
    if (typeof part === 'string') {
      if (looksLikeJson(part) || isPage(part)) readText(part, depth + 1, texts)
      else own.push(part)
    } else if (isPath(part)) own.push(part.join('.'))
    else if (part !== null && typeof part === 'object') readValue(part, depth + 1, texts)
  }
  if (own.length > 0) texts.push(own.join('\n'))
}

/** `["body", "messages", 0, "role"]`, as FastAPI says where a fault is. */
function isPath(value: Json | undefined): value is (string | number)[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every(part => typeof part === 'number' || (typeof part === 'string' && part.length < 80))
  )
}

function parsed(text: string): Json | undefined {
  if (!looksLikeJson(text)) return undefined
  const read = parseJson(text)
  return read.ok && typeof read.value === 'object' && read.value !== null ? read.value : undefined
}

function looksLikeJson(text: string): boolean {
  const first = text.trimStart()[0]
  return first === '{' || first === '[' || first === '"'
}

const repeatsRequest: ReadonlySet<string> = new Set([
  'input',
  'ctx',
  'request',
  'body',
  'url',
  'user_id',
  'request_id',
  'failed_generation',
])
const mostCharacters = 100_000
/** A refusal inside a refusal inside a router's refusal, each with a few levels of its own. */
const mostNested = 24
