import type { JsonObject } from '@/lib/json'
import { takeKey } from '../lm/keys/take-key'
import { redact } from '../lm/keys/redact'
import { EngineError, isEngineError } from '../base/errors'
import { isPrivateHost } from '../providers/openai/hosts'
import { bodyText, BodyTooLong } from '../providers/openai/body-text'
import { noSecret, notAllowed, nothingAllowed } from './refusals'
import { filled, inText, placesIn } from './template'
import type { ToolHost } from './tool-kind'

/** One request of a tool. */
export interface ReachRequest {
  readonly tool: string
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** What of the headers is secret: taken out of whatever comes back. */
  readonly secrets?: readonly string[]
  readonly timeoutMs: number
  readonly mostBytes: number
  readonly signal: AbortSignal
}

export interface ReachAnswer {
  readonly status: number
  /** In lower case. */
  header(name: string): string | null
  readonly text: string
}

/**
 * Sends a request of a tool and reads its answer, without keys. The one way out for tools: an origin that was not allowed is not contacted, and
 * redirects are not followed, which would lead somewhere else. Throws `tool-refused` for the first and `tool-failed` for what came of the
 * request; a status of 400 and more is an answer, and is left to the caller.
 */
export async function reach(host: ToolHost | undefined, request: ReachRequest): Promise<ReachAnswer> {
  const { tool, url, method, headers, body, secrets = [], timeoutMs, mostBytes, signal } = request
  const address = new URL(url)
  if (host === undefined) throw nothingAllowed(tool)
  if (!(await host.allows(address.origin))) throw notAllowed([{ tool, origin: address.origin }])
  const failed = (why: string, cause?: unknown): EngineError =>
    new EngineError(
      'tool-failed',
      `The tool ${tool} got no answer: ${host.keys.masker().text(why)}`,
      { tool },
      host.keys.masker().error(cause),
    )
  const late = new AbortController()
  const timer = new AbortController()
  void host.clock.sleep(timeoutMs, timer.signal).then(
    () => late.abort(),
    () => undefined,
  )
  const endKeys = host.keys.open()
  const letGo = secrets.map(secret => host.keys.use(secret))
  try {
    const response = await host.fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'manual',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.any([signal, late.signal]),
      ...(body !== undefined && { body }),
      // Chrome lets a page call plain http in the local network only when it says so.
      ...(address.protocol === 'http:' && isPrivateHost(address.hostname) && { targetAddressSpace: 'local' }),
    })
    const { status, type } = response
    if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
      void response.body?.cancel().catch(() => undefined)
      throw failed(`${address.host} redirects to another address, and redirects are not followed. Use the final address.`)
    }
    const text = await bodyText(response, mostBytes)
    return { status, header: name => response.headers.get(name), text: host.keys.masker().body(text) }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (late.signal.aborted) throw failed(`${address.host} took longer than ${timeoutMs / 1000} s.`)
    if (isEngineError(error)) throw error
    if (error instanceof BodyTooLong)
      throw failed(`${address.host} sent more than ${mostBytes} bytes. Ask for less, or raise the limit of the tool.`)
    throw failed(noAnswer(address.host, error), error)
  } finally {
    timer.abort()
    for (const end of letGo) end()
    endKeys()
  }
}

/**
 * Headers with their arguments and secrets in their places, names in lower case; and which secrets those are. Secrets are asked for only where
 * the origin is allowed. Throws `tool-refused` for one that is not saved, and `tool-failed` for a value of several lines.
 */
export async function headersOf(
  host: ToolHost | undefined,
  { tool, origin, templates, args }: HeaderRequest,
): Promise<{ readonly headers: Record<string, string>; readonly secrets: readonly string[] }> {
  if (host === undefined) throw nothingAllowed(tool)
  if (!(await host.allows(origin))) throw notAllowed([{ tool, origin }])
  const headers: Record<string, string> = {}
  const secrets = new Map<string, string>()
  for (const { name, value } of templates) {
    for (const place of placesIn(value)) {
      if (!place.isSecret || secrets.has(place.name)) continue
      const given = await host.secret(origin, place.name)
      if (given === undefined || given.trim() === '') throw noSecret(tool, origin, place.name)
      secrets.set(place.name, takeKey(given).key)
    }
    const text = filled(value, place => (place.isSecret ? (secrets.get(place.name) ?? '') : inText(args[place.name])))
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text))
      throw new EngineError(
        'tool-failed',
        `The tool ${tool} failed: its header ${name} would have several lines, or signs that no header takes. Put the value into the address or the body.`,
        { tool },
      )
    headers[name.toLowerCase()] = text
  }
  return { headers, secrets: [...secrets.values()] }
}

interface HeaderRequest {
  readonly tool: string
  readonly origin: string
  readonly templates: readonly { readonly name: string; readonly value: string }[]
  readonly args: JsonObject
}

/** A browser does not say why: the page may not have been allowed to read the answer. */
function noAnswer(host: string, error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const reason = cause instanceof Error ? ('code' in cause && typeof cause.code === 'string' ? cause.code : cause.message) : ''
  if (reason !== '') return `${host} cannot be reached (${redact(reason)}).`
  return `${host} cannot be reached, or does not allow calls from web pages (CORS). Its owner has to allow this page; a server of your own in between may do so as well, and the command line asks without a page.`
}
