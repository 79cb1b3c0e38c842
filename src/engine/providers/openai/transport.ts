import type { Fetch } from '../base/host'
import { EngineError, isEngineError } from '../../base/errors'
import type { Clock } from '../../base/clock'
import { createLiveKeys, type LiveKeys } from '../../lm/keys/live-keys'
import type { Masker } from '../../lm/keys/mask'
import { redact } from '../../lm/keys/redact'
import { takeKey } from '../../lm/keys/take-key'
import { bodyStart, bodyText, BodyTooLong, mostBodyBytes } from './body-text'
import { addressUnder, allowHint, isPrivateHost, parseBaseUrl } from './hosts'
import { providerError } from './provider-error'

export interface TransportOptions {
  readonly baseUrl: string | undefined
  readonly fetch: Fetch
  readonly clock: Clock
  /** The key saved for exactly this origin, or undefined; a key of another origin is never handed out. */
  readonly authorize: (origin: string) => Promise<string | undefined>
  /** The keys that are taken out of what comes back; its own alone, where no host shares them. */
  readonly keys?: LiveKeys
  /** For the words of an error. */
  readonly model?: string
}

/**
 * The one way to an endpoint: adds the key at the last moment, lets no other header out, and turns failures into our errors. Servers send
 * keys back, in answers as in refusals: nothing that comes out of here holds one in use.
 */
export interface Transport {
  readonly baseUrl: string
  readonly origin: string
  readonly host: string
  /**
   * Around everything from sending to the last word read: a key used meanwhile stays known until it ends. `clean` says what of the result is
   * text, for that is gone through once more: pieces of a stream may come to a key only when they are put together.
   */
  exchange<T>(work: () => Promise<T>, clean: (result: T, masker: Masker) => T): Promise<T>
  /** Resolves with a success; throws an `EngineError` for a refusal (any status from 300 on) or a broken connection. */
  send(
    url: string,
    init: { readonly method: string; readonly body?: BodyInit | null; readonly signal?: AbortSignal | null },
  ): Promise<Response>
  /** Reads a body, without keys, and tells `onPiece` of what comes, as it comes: with keys. A connection cut in the middle is an `lm-network` error, one that does not end an `lm-bad-response`. */
  read(response: Response, onPiece?: (text: string) => void): Promise<string>
  /** Takes out the keys in use. */
  masker(): Masker
  /** Turns the error block inside a success into our error. */
  refusal(status: number, body: string): EngineError
}

export function createTransport({ baseUrl, fetch, clock, authorize, keys = createLiveKeys(), model = '' }: TransportOptions): Transport {
  const base = parseBaseUrl(baseUrl)
  const isLocalNetwork = base.protocol === 'http:' && isPrivateHost(base.hostname)

  async function send(url: string, init: Parameters<Transport['send']>[1]): Promise<Response> {
    // The SDK builds the URL: whatever it made of it, a key goes to the origin it was saved for and nowhere else.
    if (!url.startsWith(`${base.origin}/`)) throw new Error(`a request to ${url} was built for ${base.origin}`)
    const key = await authorizedKey()
    const end = key === undefined ? undefined : keys.use(key)
    try {
      return await sendWith(key, url, init)
    } finally {
      end?.()
    }
  }

  async function sendWith(key: string | undefined, url: string, init: Parameters<Transport['send']>[1]): Promise<Response> {
    const headers: Record<string, string> = {}
    if (key !== undefined) headers['authorization'] = `Bearer ${key}`
    if (init.body) headers['content-type'] = 'application/json'
    let response: Response
    try {
      response = await fetch(base.search === '' || url.includes('?') ? url : `${url}${base.search}`, {
        method: init.method,
        headers,
        // Followed, it would take the key along; as an error, a browser would not even say that it was one.
        redirect: 'manual',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        ...(init.body ? { body: init.body } : {}),
        ...(init.signal ? { signal: init.signal } : {}),
        // Chrome lets a page call plain http in the local network only when it says so.
        ...(isLocalNetwork ? { targetAddressSpace: 'local' } : {}),
      })
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw unreachable(error)
    }
    if (response.ok) return response
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) throw redirected(response, url)
    throw providerError({
      status: response.status,
      body: keys.masker().body(await refusalOf(response)),
      retryAfter: response.headers.get('retry-after'),
      retryAfterMs: response.headers.get('retry-after-ms'),
      model,
      host: base.host,
      now: clock.date(),
    })
  }

  /** Read by the rules that hold where keys are typed: it may come from a variable, or from a store that an earlier version wrote. */
  async function authorizedKey(): Promise<string | undefined> {
    const given = await authorize(base.origin)
    if (given === undefined || given.trim() === '') return undefined
    try {
      return takeKey(given).key
    } catch (error) {
      if (!isEngineError(error)) throw error
      throw new EngineError('lm-auth', `The key for ${base.host} cannot be sent. ${error.message}`, { isRetryable: false, isUnsent: true })
    }
  }

  async function refusalOf(response: Response): Promise<string> {
    const timer = new AbortController()
    try {
      return await bodyStart(response, clock.sleep(refusalMs, timer.signal))
    } finally {
      timer.abort('it has been read')
    }
  }

  function redirected(response: Response, asked: string): EngineError {
    void response.body?.cancel().catch(() => undefined)
    const told = response.headers.get('location')
    const target = told === null ? undefined : (URL.parse(told, asked) ?? undefined)
    const where = target === undefined ? 'another address, which the browser does not name' : target.origin
    const advice =
      target === undefined
        ? 'Open the base URL in a new tab to see where it leads.'
        : `If that is where your API is, use ${keys.masker().text(redact(parseBaseUrl(baseIn(target, asked)).href))} as the base URL and save a key for it.`
    return new EngineError(
      'lm-bad-response',
      `${base.host} redirects to ${where}. Redirects are not followed, since a key goes only to the address it was saved for. ${advice}`,
      {
        isRetryable: false,
        isRedirect: true,
        ...(response.status > 0 && { status: response.status }),
        ...(target && { target: target.host }),
      },
    )
  }

  function unreachable(error: unknown): EngineError {
    const reason = redact(keys.masker().text(reasonOf(error)))
    const why = reason ? ` (${reason})` : ''
    // Outside of a browser the reason is known, and no policy holds.
    const hint = reason ? undefined : allowHint(base)
    return new EngineError(
      'lm-network',
      `No answer from ${base.host}${why}. Check the connection, the address, and that the server allows calls from this page.${hint ? ` It may also be that ${hint}` : ''}`,
      {
        isRetryable: true,
        host: base.host,
        ...(reason && { reason }),
        ...(unconnected.has(reason) && { isUnsent: true }),
      },
    )
  }

  /** A connection that ends in the middle of an answer, or an answer that says it is packed and is not. */
  function cut(error: unknown): EngineError {
    const reason = redact(keys.masker().text(reasonOf(error)))
    return new EngineError(
      'lm-network',
      `The answer of ${base.host} could not be read to its end${reason ? ` (${reason})` : ''}. Check the connection, and any proxy in between.`,
      { isRetryable: true, host: base.host, isCut: true, ...(reason && { reason }) },
    )
  }

  function tooLong({ mostBytes }: BodyTooLong): EngineError {
    const most = `${Math.round(mostBytes / 1024 / 1024)} MB`
    return new EngineError(
      'lm-bad-response',
      `${base.host} sent more than ${most} in one answer, and reading was stopped there. Check that the address is that of a model, or lower the token limit.`,
      { status: 200, isRetryable: false, mostBytes },
    )
  }

  return {
    baseUrl: addressUnder(new URL(base.pathname, base.origin), ''),
    origin: base.origin,
    host: base.host,
    async exchange(work, clean) {
      const end = keys.open()
      try {
        return clean(await work(), keys.masker())
      } catch (error) {
        throw keys.masker().error(error)
      } finally {
        end()
      }
    },
    send,
    masker: keys.masker,
    async read(response, onPiece) {
      try {
        return keys.masker().body(await bodyText(response, mostBodyBytes, onPiece))
      } catch (error) {
        if (error instanceof BodyTooLong) throw tooLong(error)
        if (error instanceof DOMException && error.name === 'AbortError') throw error
        throw cut(error)
      }
    },
    refusal: (status, body) => providerError({ status, body, model, host: base.host, now: clock.date() }),
  }
}

/** How long the words of a refusal may take to come: a status is enough to go on by. */
const refusalMs = 5000

/** The address of a redirect without its query, and without the path that this request had added to the base URL. */
function baseIn({ origin, pathname }: URL, asked: string): string {
  const isModels = asked.endsWith('/models') && pathname.endsWith('/models')
  return `${origin}${isModels ? pathname.slice(0, -'/models'.length) : pathname}`
}

/** Failures before there was a connection: nothing can have been sent. A browser does not tell them from others. */
const unconnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Node tells more in the cause (`ECONNREFUSED`); a browser says "Failed to fetch" whatever happened, which helps nobody. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return /failed to fetch|fetch failed|load failed|networkerror/i.test(error.message) ? '' : error.message
}
