import { EngineError } from '../../base/errors'
import type { Clock } from '../../base/clock'
import { redact } from '../../lm/redact'
import { isPrivateHost, parseBaseUrl } from './hosts'
import { providerError } from './provider-error'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface TransportOptions {
  readonly baseUrl: string | undefined
  readonly fetch: Fetch
  readonly clock: Clock
  /** The key saved for exactly this origin, or undefined; a key of another origin is never handed out. */
  readonly authorize: (origin: string) => Promise<string | undefined>
  /** For the words of an error. */
  readonly model?: string
}

/** The one way to an endpoint: adds the key at the last moment, lets no other header out, and turns failures into our errors. */
export interface Transport {
  readonly baseUrl: string
  readonly origin: string
  readonly host: string
  /** Resolves with a success; throws an `EngineError` for a refusal (any status from 300 on) or a broken connection. */
  send(
    url: string,
    init: { readonly method: string; readonly body?: BodyInit | null; readonly signal?: AbortSignal | null },
  ): Promise<Response>
  /** Reads a body; a connection cut in the middle is an `lm-network` error. */
  read(response: Response): Promise<string>
  /** Takes the key in use, and whatever looks like one, out of a text. */
  redact(text: string): string
  /** Turns the error block inside a success into our error. */
  refusal(status: number, body: string): EngineError
}

export function createTransport({ baseUrl, fetch, clock, authorize, model = '' }: TransportOptions): Transport {
  const base = parseBaseUrl(baseUrl)
  let secret: string | undefined
  const isLocalNetwork = base.protocol === 'http:' && isPrivateHost(base.hostname)

  async function send(url: string, init: Parameters<Transport['send']>[1]): Promise<Response> {
    // The SDK builds the URL: whatever it made of it, a key goes to the origin it was saved for and nowhere else.
    if (!url.startsWith(`${base.origin}/`)) throw new Error(`a request to ${url} was built for ${base.origin}`)
    secret = await authorize(base.origin)
    const headers: Record<string, string> = {}
    if (secret) headers['authorization'] = `Bearer ${secret}`
    if (init.body) headers['content-type'] = 'application/json'
    let response: Response
    try {
      response = await fetch(url, {
        method: init.method,
        headers,
        redirect: 'error',
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
    throw providerError({
      status: response.status,
      body: await response.text().catch(() => ''),
      retryAfter: response.headers.get('retry-after'),
      retryAfterMs: response.headers.get('retry-after-ms'),
      model,
      host: base.host,
      now: clock.now(),
      secrets: [secret],
    })
  }

  function unreachable(error: unknown): EngineError {
    const reason = redact(reasonOf(error), [secret])
    const why = reason ? ` (${reason})` : ''
    return new EngineError(
      'lm-network',
      `No answer from ${base.host}${why}. Check the connection, the address, and that the server allows calls from this page.`,
      {
        isRetryable: true,
        host: base.host,
      },
    )
  }

  return {
    baseUrl: base.href.replace(/\/+$/, ''),
    origin: base.origin,
    host: base.host,
    send,
    async read(response) {
      try {
        return await response.text()
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') throw error
        throw unreachable(error)
      }
    },
    redact: text => redact(text, [secret]),
    refusal: (status, body) => providerError({ status, body, model, host: base.host, now: clock.now(), secrets: [secret] }),
  }
}

/** Node tells more in the cause (`ECONNREFUSED`); a browser says "Failed to fetch" whatever happened, which helps nobody. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return /failed to fetch|fetch failed|load failed|networkerror/i.test(error.message) ? '' : error.message
}
