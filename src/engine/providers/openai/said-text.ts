import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { readBody } from './read-body'
import { isPage, pageText } from './page-text'

/**
 * What a body of any shape says, in one line: what a field that usually holds a message says, the phrases of any other, the words of a page.
 * Empty where it says nothing. For bodies whose shape nobody knows; takes time in proportion to their length.
 */
export function saidIn(body: string): string {
  const text = body.trim()
  if (isPage(text)) return ['a web page', pageText(text).replaceAll('\n', ' ')].filter(words => words !== '').join(': ')
  const read = readBody(text)
  return read === undefined ? text : wordsOf(read)
}

/** Phrases of a value that its message does not hold already: the cause, where a gateway only says that something went wrong. */
export function causesBeside(message: string, value: Json | undefined): string {
  const found: string[] = []
  collect(value ?? null, 0, found)
  let said = message
  return found
    .filter(phrase => {
      if (said.includes(phrase) || !/\s/.test(phrase) || /^https?:\S+$/.test(phrase)) return false
      said += phrase
      return true
    })
    .join('; ')
}

/** What a value of any shape says, in one line. */
export function wordsOf(value: Json): string {
  if (typeof value === 'string') return value.trim()
  const found: string[] = []
  collect(value, 0, found)
  const phrases = found.filter(phrase => /\s/.test(phrase))
  return [...new Set(phrases.length > 0 ? phrases : found)].join('; ')
}

/** Strings, those under the names of messages first. JSON inside a string is read like the rest. */
function collect(value: Json, depth: number, found: string[]): void {
  if (found.length >= mostPhrases || depth > deepest) return
  if (typeof value === 'string') {
    const text = value.trim()
    const inner = text.startsWith('{') || text.startsWith('[') ? parseJson(text) : undefined
    if (inner?.ok && typeof inner.value === 'object') return collect(inner.value, depth + 1, found)
    const words = isPage(text) ? pageText(text).replaceAll('\n', ' ') : text
    if (words !== '') found.push(words)
    return
  }
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, depth + 1, found)
    return
  }
  if (!isJsonObject(value)) return
  const names = Object.keys(value).filter(name => !repeatsRequest.has(name.toLowerCase()))
  for (const isMessage of [true, false])
    for (const name of names) if (messageName.test(name) === isMessage) collect(value[name] ?? null, depth + 1, found)
}

const mostPhrases = 8
const deepest = 8

const messageName = /message|^msg$|detail|error|reason|descri|fault|title|cause|raw/i

/** Fields in which servers send back what they were sent, or say where to read on. */
const repeatsRequest: ReadonlySet<string> = new Set([
  'input',
  'inputs',
  'messages',
  'prompt',
  'request',
  'body',
  'ctx',
  'stack',
  'traceback',
  'trace',
  'documentation_url',
  'doc_url',
  'help',
  'url',
  'choices',
  'usage',
])
