import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json } from '@/lib/json'
import { EngineError } from '../../base/errors'
import { redact } from '../../lm/keys/redact'
import { isError } from './event-stream'
import { isPage, pageText } from './page-text'
import { readBody } from './read-body'
import type { Transport } from './transport'

/** What is asked for of an endpoint. */
export interface AnswerShape<T extends object> {
  /** "a chat completion" */
  readonly what: string
  /** What is wanted of the JSON, or in words why it is not there. */
  readonly find: (root: Json) => T | string
  /** Whether the same request may be answered better when JSON of another shape came. */
  readonly mayChange: boolean
  /** Whether the JSON is what another API sends: it will come again, and the address is wrong. */
  readonly isOtherApi?: (root: Json) => boolean
}

/**
 * Reads the body of a success: the one place that knows how servers frame an answer and how they put an error into it. Throws the refusal that
 * the body holds, or `lm-bad-response` which names what came instead.
 */
export function readAnswer<T extends object>(body: string, transport: Transport, { what, find, mayChange, isOtherApi }: AnswerShape<T>): T {
  const root = readBody(body)
  if (root === undefined) throw unreadable(body, what, transport.host)
  // Gemini sends its errors in a list.
  const first = Array.isArray(root) ? root[0] : root
  if (isJsonObject(first) && isError(first['error'])) throw transport.refusal(200, JSON.stringify(root))
  const found = find(root)
  if (typeof found !== 'string') return found
  if (isJsonObject(root) && saysWhy(root)) throw transport.refusal(200, JSON.stringify(root))
  throw new EngineError(
    'lm-bad-response',
    `${transport.host} answered with JSON that is not ${what}: ${found}. It begins: ${beginning(body)}`,
    isOtherApi?.(root) ? { status: 200, isRetryable: false, isOtherApi: true } : { status: 200, isRetryable: mayChange },
  )
}

/** Has a field in which servers say what went wrong. */
function saysWhy(root: Readonly<Record<string, Json>>): boolean {
  return Object.entries(root).some(
    ([name, value]) => reasonName.test(name) && value !== null && value !== '' && value !== false && !isMessage(value),
  )
}

/** The message of a model, as APIs of other shapes send it: an answer, and no reason. */
function isMessage(value: Json): boolean {
  return isJsonObject(value) && ('role' in value || 'content' in value)
}

const reasonName = /^(?:message|msg|details?|errors?|error_\w+|error[A-Z]\w*|fault|reason|title)$/

function unreadable(body: string, what: string, host: string): EngineError {
  const facts = { status: 200, isRetryable: true }
  if (isPage(body)) {
    const shown = cutText(redact(pageText(body).replaceAll('\n', ' ')), 100)
    const words = shown === '' ? '' : ` It shows: ${shown}`
    return new EngineError(
      'lm-bad-response',
      `${host} answered with a web page instead of ${what}. Check the base URL, and whether this network asks you to sign in.${words}`,
      { ...facts, isPage: true },
    )
  }
  const came =
    body.trim() === ''
      ? `an empty body, which is not ${what}`
      : isBinary(body)
        ? `bytes that are no text, and so not ${what}. It may have packed them without saying so`
        : `something that is not ${what}: ${beginning(body)}`
  return new EngineError('lm-bad-response', `${host} answered with ${came}.`, facts)
}

function beginning(body: string): string {
  return cutText(redact(body.trim()), 200)
}

/** Packed bytes read as text: control characters, and marks for what is no UTF-8. */
function isBinary(body: string): boolean {
  const head = body.slice(0, 500)
  // oxlint-disable-next-line no-control-regex
  return (head.match(/[\u0000-\u0008\u000e-\u001f\ufffd]/g)?.length ?? 0) > head.length / 20
}
