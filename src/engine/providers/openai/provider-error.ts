import { cutText } from '@/lib/cut-text'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { EngineError, type ErrorCode } from '../../base/errors'
import { redact } from '../../lm/keys/redact'
import { isPage } from './page-text'
import { readBody } from './read-body'
import { causesBeside, saidIn, wordsOf } from './said-text'
import { readRefusal, type NamedPart } from './read-refusal'
import { withUpstreamError } from './upstream-error'

/** A refusal as the transport read it: without the keys in use. `status` is 200 where a server puts the error inside a success. */
export interface Refusal {
  readonly status: number
  readonly body: string
  /** `Retry-After` (seconds or a date) or `retry-after-ms`, where the page may read them. */
  readonly retryAfter?: string | null
  readonly retryAfterMs?: string | null
  readonly model: string
  readonly host: string
  readonly now: number
}

/**
 * Sorts a provider's refusal into one of our codes: its own code or type first, then the HTTP status, then the words, since
 * providers use one status for several things (429 is both "slow down" and "no money left").
 * The message says what happened and what to do, and quotes the provider without any key in it.
 */
export function providerError(refusal: Refusal): EngineError {
  const body = readBody(refusal.body)
  const said = readError(withUpstreamError(body))
  const status = refusal.status === 200 && said.status !== undefined ? said.status : refusal.status
  const quote = cutText(redact(quoteOf(said.message, body, refusal)), 400)
  const named = readRefusal(refusal.body)
  const kind = isPage(refusal.body) && status === 404 ? noPath : kindOf(status, said, quote, named)
  const isLoading = kind.code === 'lm-server' && loadingWords.test(`${said.code ?? ''} ${quote}`)
  const retryAfterMs = kind.isRetryable ? waitAsked(refusal, said, quote) : undefined
  const message =
    (isLoading ? `${refusal.host} is still loading the model "${refusal.model}".` : sentence(kind, refusal, status)) +
    (quote ? ` It said: ${quote}` : '')
  return new EngineError(kind.code, message, {
    status,
    isRetryable: kind.isRetryable,
    ...(isLoading && { isLoading }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(said.code === undefined ? {} : { providerCode: redact(said.code) }),
    ...(kind.unsupported === undefined ? {} : { unsupported: kind.unsupported }),
    ...(named.length > 0 && maySpeakOfParts.has(kind.code) ? { refused: named.map(parts => [...parts]) } : {}),
  })
}

/** Codes under which a refusal may be about a part of the request, which can be left out. Some servers answer one with a 500. */
const maySpeakOfParts: ReadonlySet<ErrorCode> = new Set(['lm-bad-request', 'lm-server', 'lm-bad-response', 'lm-model-not-found'])

interface Said {
  readonly message?: string
  /** `code` and `type` of the provider in one string. */
  readonly code?: string
  readonly status?: number
  readonly details?: Json
}

interface Kind {
  readonly code: ErrorCode
  readonly isRetryable: boolean
  /** The parameter this model or server does not take. */
  readonly unsupported?: string
}

/** A page that says so speaks of itself, whichever words it uses. */
const noPath: Kind = { code: 'lm-bad-request', isRetryable: false }

/** The error block in the shapes seen: `{error: {…}}`, `{error: "…"}`, `[{error}]`, `{message, code}`, `{detail}`. */
function readError(body: Json | undefined): Said {
  const root = Array.isArray(body) ? body[0] : body
  if (!isJsonObject(root)) return {}
  const block = root['error'] ?? root
  if (typeof block === 'string') return { message: block, code: words(root, 'error_code', 'code', 'type') }
  if (!isJsonObject(block)) return {}
  const own = block['message'] ?? detailWords(root['detail'])
  const status = Number(block['code'] ?? block['status'])
  return {
    message: typeof own === 'string' || own === undefined ? own : JSON.stringify(own),
    code: words(block, 'code', 'type', 'status'),
    status: status >= 400 && status < 600 ? status : undefined,
    details: block['details'],
  }
}

/** FastAPI lists what it does not take, each with its place: `{loc: ["body", "seed"], msg: "Extra inputs are not permitted"}`. */
function detailWords(detail: Json | undefined): string | undefined {
  if (detail === undefined || detail === null) return undefined
  if (!Array.isArray(detail)) return wordsOf(detail)
  const lines = detail.map(one => {
    if (!isJsonObject(one) || typeof one['msg'] !== 'string') return wordsOf(one)
    return Array.isArray(one['loc']) ? `${one['loc'].join('.')}: ${one['msg']}` : one['msg']
  })
  return lines.join('; ')
}

function kindOf(status: number, said: Said, quote: string, named: readonly (readonly NamedPart[])[]): Kind {
  const code = said.code ?? ''
  const is = (pattern: RegExp): boolean => pattern.test(code) || pattern.test(quote)
  const final = (code: ErrorCode): Kind => ({ code, isRetryable: false })
  if (/insufficient_quota|billing|credit|payment_required/i.test(code)) return final('lm-quota')
  if (/context_length|exceed_context_size|context_window|string_above_max_length/i.test(code)) return final('lm-context-length')
  if (/content_filter|content_policy|moderation|safety/i.test(code)) return final('lm-content-filter')
  if (/model_not_found|DeploymentNotFound|model_not_available|invalid_model/i.test(code)) return final('lm-model-not-found')
  if (/invalid_api_key|authentication_error|UNAUTHENTICATED|API_KEY_INVALID/i.test(code)) return final('lm-auth')

  if (status === 402) return final('lm-quota')
  if (status === 401) return final('lm-auth')
  if (status === 403)
    return final(is(/moderat|flagged|content.?polic/i) ? 'lm-content-filter' : is(/quota|billing/i) ? 'lm-quota' : 'lm-auth')
  if (status === 429) return is(quotaWords) ? final('lm-quota') : { code: 'lm-rate-limit', isRetryable: true }
  if (status === 408 || status === 504 || status === 524) return { code: 'lm-timeout', isRetryable: true }
  if (status === 409 || status === 425 || status === 498) return { code: 'lm-server', isRetryable: true }
  if (status >= 500) {
    // Gemini answers 500 when the input is too long; sent again, it would be refused again.
    return is(contextWords) ? final('lm-context-length') : { code: 'lm-server', isRetryable: true }
  }
  if (is(contextWords)) return final('lm-context-length')
  if (is(quotaWords)) return final('lm-quota')
  if (status === 404) return final(is(/\bmodel\b/i) ? 'lm-model-not-found' : 'lm-bad-request')
  if (is(/model .{0,80}(not found|does not exist|not exist|unknown)|unknown model|no such model/i)) return final('lm-model-not-found')
  if (is(/content (management )?policy|content.?filter/i)) return final('lm-content-filter')
  if (is(/api.?key (is )?(not valid|invalid)|incorrect api key/i)) return final('lm-auth')
  if (status >= 400) return { ...final('lm-bad-request'), unsupported: settingName(named[0]?.[0]) }
  // Inside a success, only the words say what it is.
  if (is(/rate.?limit|too many requests/i)) return { code: 'lm-rate-limit', isRetryable: true }
  if (is(keyWords)) return final('lm-auth')
  if (is(/overloaded|server.?error|temporarily|try again later|service unavailable/i)) return { code: 'lm-server', isRetryable: true }
  return { code: 'lm-bad-response', isRetryable: true }
}

/** A server that has yet to read its model into memory says so with a 503. */
const loadingWords =
  /\bloading\b|model.{0,80}\b(?:not (?:yet )?(?:loaded|ready)|being loaded|(?:starting|warming) up|initiali[sz]ing)\b|\b(?:warming|starting) up\b|\binitiali[sz]ing model\b/i
const contextWords =
  /context.?(length|window|size)|maximum context|prompt is too long|input (is )?too long|too many (input )?tokens|exceeds? the (available|maximum) (context|number of tokens)/i
const keyWords =
  /unauthori[sz]ed|unauthenticated|not authenticated|authentication (?:failed|required|error)|(?:invalid|missing|wrong|no|incorrect) (?:api.?key|auth\w*|token|credentials)/i
const quotaWords =
  /insufficient.?(quota|balance|credit|funds)|exceeded your current quota|spend(ing)? limit|out of credits|billing (hard )?limit|credit balance/i

function settingName(part: NamedPart | undefined): string | undefined {
  return part === 'format' || part === 'json_schema' || part === 'json_object' ? 'response_format' : part
}

function sentence({ code, unsupported }: Kind, { model, host }: Refusal, status: number): string {
  switch (code) {
    case 'lm-auth':
      return `${host} refused the key (status ${status}). Check the key for this address.`
    case 'lm-quota':
      return `The account at ${host} has no credit or quota left. Add credit or choose another model, then resume.`
    case 'lm-rate-limit':
      return `${host} asks for fewer requests (status ${status}).`
    case 'lm-timeout':
      return `${host} took too long to answer (status ${status}).`
    case 'lm-server':
      return `${host} has a problem on its side (status ${status}). Try again later.`
    case 'lm-model-not-found':
      return `${host} does not know the model "${model}". Choose one from its list.`
    case 'lm-context-length':
      return `The request is too long for "${model}". Use fewer demos or shorter inputs.`
    case 'lm-content-filter':
      return `The content filter of ${host} stopped this request.`
    case 'lm-bad-response':
      return `${host} answered with an error in place of an answer.`
    default:
      if (status === 404) return `${host} has no chat endpoint at this address (status 404). Check the base URL; it often ends in /v1.`
      if (unsupported === 'system') return `"${model}" at ${host} takes no system messages.`
      return unsupported === undefined
        ? `${host} did not accept the request (status ${status}).`
        : `"${model}" at ${host} does not take the setting ${unsupported}. Remove it in the model's settings.`
  }
}

/** Milliseconds the provider asks to wait, from a header or, where a page may not read headers, from the body. */
function waitAsked(refusal: Refusal, said: Said, quote: string): number | undefined {
  const milliseconds = Number(refusal.retryAfterMs ?? Number.NaN)
  if (milliseconds > 0) return Math.ceil(milliseconds)
  const header = refusal.retryAfter?.trim()
  if (header) {
    const wait = /^[\d.]+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - refusal.now
    if (wait > 0) return Math.ceil(wait)
  }
  const delay = Array.isArray(said.details)
    ? said.details.map(detail => (isJsonObject(detail) ? detail['retryDelay'] : undefined)).find(value => typeof value === 'string')
    : undefined
  return (
    duration(typeof delay === 'string' ? delay : undefined) ??
    duration(/(?:try again|retry) (?:in|after) ((?:[\d.]{1,20} ?(?:ms|h|m|s)(?:[a-z]+)?\s?)+)/i.exec(quote)?.[1])
  )
}

/** `1.2s`, `34.07s`, `850ms`, `1m30s`, `20 seconds`. */
function duration(text: string | undefined): number | undefined {
  if (!text) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]{1,20})\s?(ms|h|m|s)/gi))
    total += Number(amount) * (unitMs[(unit ?? 's').toLowerCase()] ?? 1000)
  return total > 0 ? Math.ceil(total) : undefined
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function words(block: JsonObject, ...names: readonly string[]): string | undefined {
  const found = names.map(name => block[name]).filter(value => typeof value === 'string' || typeof value === 'number')
  return found.length === 0 ? undefined : found.join(' ')
}

/** The provider's message, with the cause where a server says that apart; what the body says in any other shape where there is none. */
function quoteOf(message: string | undefined, body: Json | undefined, refusal: Refusal): string {
  if (message === undefined || message.trim() === '') return saidIn(refusal.body)
  // Of the user's own faults the message is the cause.
  const causes = refusal.status >= 500 || refusal.status === 200 ? causesBeside(message, body) : ''
  return causes === '' ? message : `${message} (${causes})`
}
