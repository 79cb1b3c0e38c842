import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { typedAnswer } from './fake-answer'
import { embeddingsBody } from './fake-embeddings'
import { sendPieces } from './fake-stream'

/** A request for chat or embeddings as the server saw it; `messages` are read as text, and texts to embed stand there, too. `seen` counts earlier requests with the same body. */
export interface FakeRequest {
  readonly index: number
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Hash of the bearer key, so that a log can be compared without holding keys; absent when none was sent. */
  readonly keyHash?: string
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly body: Readonly<Record<string, unknown>>
  /** The body as it came over the wire. */
  readonly text: string
  readonly seen: number
  /** What was done with it. */
  outcome: 'answered' | 'rate-limit' | 'server-error' | 'cut' | 'garbage' | 'stall' | 'refused'
}

/** A full reply, where the text of an answer is not enough. */
export interface FakeReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Replaces the whole body: an object is sent as JSON, a string as it is. */
  readonly body?: unknown
  readonly text?: string
  readonly finishReason?: string
  /** `null` leaves usage out. */
  readonly usage?: Readonly<Record<string, unknown>> | null
}

/** Shares of requests, 0 to 1, that go wrong. Which ones depends on `seed`, the body and how often that body came, not on time. */
export interface FakeFaults {
  readonly seed?: number
  readonly rateLimit?: number
  /** Seconds in the `Retry-After` of a 429; 0 leaves the header out. */
  readonly retryAfterSeconds?: number
  readonly serverError?: number
  /** The connection is cut in the middle of the answer. */
  readonly cut?: number
  /** Status 200 with a body that is no completion. */
  readonly garbage?: number
  /** No answer until the caller hangs up. */
  readonly stall?: number
  /** A body that failed this often is answered, so that every call ends. 3 by default. */
  readonly atMostPerRequest?: number
}

export interface FakeOpenAiOptions {
  readonly answer?: (request: FakeRequest) => string | FakeReply | Promise<string | FakeReply>
  /** Answers for `/embeddings`; without it every text gets a vector made of its words. */
  readonly embed?: (request: FakeRequest) => FakeReply | Promise<FakeReply>
  readonly latencyMs?: number
  /** Milliseconds between the pieces of an answer that was asked for in pieces; 0 by default. */
  readonly pieceMs?: number
  readonly faults?: FakeFaults
  /** Origin a browser may call from; `*` by default, `null` sends no CORS header at all. */
  readonly corsOrigin?: string | null
  /** The key that is right. Without it any is, also none. */
  readonly requireKey?: string
  /** Leave CORS headers out of refusals for a wrong key, as some providers do. */
  readonly hideRefusals?: boolean
  /** Models that exist; others get a 404. Without it any does. */
  readonly models?: readonly string[]
  /** More requests at once than this get a 429 without a hint. */
  readonly maxConcurrent?: number
  readonly exposeHeaders?: string
  readonly port?: number
  /** What happens to a request before anybody looks at it: its connection is cut, or a gateway answers in place of the server. */
  readonly outage?: (path: string) => 'reset' | number | undefined
  /** False keeps counts only, for long runs. */
  readonly log?: boolean
}

export interface FakeOpenAi {
  /** Base URL for clients, with `/v1`. */
  readonly url: string
  readonly port: number
  /** Chat requests in order of arrival. */
  readonly requests: readonly FakeRequest[]
  /** All requests, preflights and model lists too, with their header names. */
  readonly raw: readonly { readonly method: string; readonly path: string; readonly headers: Readonly<Record<string, string>> }[]
  /** Chat requests so far. */
  readonly count: number
  readonly answered: number
  /** Most chat requests that were under way at once. */
  readonly peak: number
  reset(): void
  close(): Promise<void>
}

/** An OpenAI-compatible server that needs no network: equal requests get equal answers, and faults come by seed. */
export async function startFakeOpenAi(options: FakeOpenAiOptions = {}): Promise<FakeOpenAi> {
  const { answer = typedAnswer, embed = embedWords, latencyMs = 0, models, requireKey, log = true } = options
  const state = {
    requests: [] as FakeRequest[],
    raw: [] as FakeOpenAi['raw'][number][],
    seen: new Map<number, number>(),
    count: 0,
    answered: 0,
    active: 0,
    peak: 0,
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (incoming.url ?? '/').replace(/\?.*$/, '')
    const method = incoming.method ?? 'GET'
    if (log) state.raw.push({ method, path, headers: headersOf(incoming) })
    const outage = method === 'OPTIONS' ? undefined : options.outage?.(path)
    if (outage === 'reset') return void incoming.socket.destroy()
    if (outage !== undefined)
      return raw(options, response, outage, '<html><title>Bad gateway</title></html>', { 'content-type': 'text/html' })
    if (method === 'OPTIONS') return preflight(options, response)
    if (requireKey !== undefined && bearer(incoming) !== requireKey) {
      const shown = (bearer(incoming) ?? '').slice(-4)
      return json(
        options,
        response,
        401,
        errorBody(`Incorrect API key provided: ****${shown}.`, 'invalid_request_error', 'invalid_api_key'),
        {},
        options.hideRefusals,
      )
    }
    if (method === 'GET' && path === '/v1/models') {
      return json(options, response, 200, {
        object: 'list',
        data: (models ?? ['fake-model']).map(id => ({ id, object: 'model', created: 0, owned_by: 'fake' })),
      })
    }
    if (method !== 'POST' || (path !== '/v1/chat/completions' && path !== '/v1/embeddings'))
      return json(options, response, 404, errorBody(`Unknown request URL: ${method} ${path}.`, 'invalid_request_error', 'unknown_url'))
    const text = await readBody(incoming)
    state.active += 1
    state.peak = Math.max(state.peak, state.active)
    try {
      await answerPost(path, text, incoming, response)
    } finally {
      state.active -= 1
    }
  }

  async function answerPost(path: string, text: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Record<string, unknown>
    try {
      body = JSON.parse(text)
    } catch {
      return json(options, response, 400, errorBody('The body is not JSON.', 'invalid_request_error', null))
    }
    const key = hash(text)
    const seen = state.seen.get(key) ?? 0
    state.seen.set(key, seen + 1)
    const request: FakeRequest = {
      index: state.count++,
      at: Date.now(),
      method: 'POST',
      path,
      headers: log ? headersOf(incoming) : {},
      ...(bearer(incoming) === undefined ? {} : { keyHash: hash(bearer(incoming) ?? '').toString(16) }),
      model: String(body['model']),
      messages: Array.isArray(body['messages']) ? body['messages'].map(plainMessage) : textsOf(body['input']),
      body,
      text,
      seen,
      outcome: 'answered',
    }
    if (log) state.requests.push(request)
    if (models && !models.includes(request.model)) {
      request.outcome = 'refused'
      return json(
        options,
        response,
        404,
        errorBody(`The model '${request.model}' does not exist.`, 'invalid_request_error', 'model_not_found'),
      )
    }
    if (options.maxConcurrent !== undefined && state.active > options.maxConcurrent) {
      request.outcome = 'rate-limit'
      return json(options, response, 429, errorBody('Too many requests at once.', 'requests', 'rate_limit_exceeded'))
    }
    request.outcome = faultOf(options.faults, key, seen)
    if (latencyMs > 0 && request.outcome !== 'rate-limit') await new Promise(resolve => setTimeout(resolve, latencyMs))
    if (request.outcome !== 'answered') return fail(request.outcome, response)
    const reply = path === '/v1/embeddings' ? await embed(request) : await answer(request)
    state.answered += 1
    send(typeof reply === 'string' ? { text: reply } : reply, request, text, response)
  }

  function fail(outcome: FakeRequest['outcome'], response: ServerResponse): void {
    const seconds = options.faults?.retryAfterSeconds ?? 1
    if (outcome === 'rate-limit')
      return json(
        options,
        response,
        429,
        errorBody('Rate limit reached for requests.', 'requests', 'rate_limit_exceeded'),
        seconds > 0 ? { 'retry-after': String(seconds) } : {},
      )
    if (outcome === 'server-error') return json(options, response, 500, errorBody('The server had an error.', 'server_error', null))
    if (outcome === 'garbage') return raw(options, response, 200, '{"id":"chatcmpl-1","choi', { 'content-type': 'application/json' })
    if (outcome === 'cut') {
      response.writeHead(200, { ...cors(options), 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"id":"chatcmpl-1","choices":[{"message":{"content":"half an ans')
      setTimeout(() => response.destroy(), 5)
    }
    // A stall sends nothing: the caller hangs up, or `close` does.
  }

  function send(reply: FakeReply, request: FakeRequest, text: string, response: ServerResponse): void {
    const { status = 200, headers = {} } = reply
    if (typeof reply.body === 'string') return raw(options, response, status, reply.body, headers)
    if (reply.body !== undefined) return json(options, response, status, reply.body, headers)
    const content = reply.text ?? ''
    const usage = reply.usage === undefined ? countUsage(text, content) : reply.usage
    if (request.body['stream'] === true) {
      response.writeHead(status, { ...cors(options), 'content-type': 'text/event-stream', ...headers })
      const answer = { content, usage, finish: reply.finishReason ?? 'stop', id: hash(text).toString(16) }
      return void sendPieces(response, request, answer, options.pieceMs)
    }
    const choice = { index: 0, message: { role: 'assistant', content }, finish_reason: reply.finishReason ?? 'stop', logprobs: null }
    json(
      options,
      response,
      status,
      {
        id: `chatcmpl-${hash(text).toString(16)}`,
        object: 'chat.completion',
        created: 0,
        model: request.model,
        choices: [choice],
        ...(usage === null ? {} : { usage }),
      },
      headers,
    )
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(error => {
      response.destroy()
      console.error(error)
    })
  })
  const port = await listen(server, options.port ?? 0)
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    get requests() {
      return state.requests
    },
    get raw() {
      return state.raw
    },
    get count() {
      return state.count
    },
    get answered() {
      return state.answered
    },
    get peak() {
      return state.peak
    },
    reset() {
      Object.assign(state, { requests: [], raw: [], seen: new Map(), count: 0, answered: 0, peak: 0 })
    },
    close() {
      return new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function embedWords({ model, messages }: FakeRequest): FakeReply {
  return {
    body: embeddingsBody(
      model,
      messages.map(({ content }) => content),
    ),
  }
}

/** Parts that are no text stand by their type: `[image_url]`. */
function plainMessage({ role, content }: { readonly role?: unknown; readonly content?: unknown }): FakeRequest['messages'][number] {
  const parts: readonly { readonly type?: string; readonly text?: string }[] = Array.isArray(content)
    ? content
    : [{ text: String(content ?? '') }]
  return { role: String(role), content: parts.map(({ type, text }) => text ?? `[${type}]`).join('') }
}

function textsOf(input: unknown): FakeRequest['messages'] {
  const texts = Array.isArray(input) ? input : input === undefined ? [] : [input]
  return texts.map(text => ({ role: 'user', content: String(text) }))
}

function faultOf(faults: FakeFaults | undefined, key: number, seen: number): FakeRequest['outcome'] {
  if (!faults || seen >= (faults.atMostPerRequest ?? 3)) return 'answered'
  let draw = hash(`${faults.seed ?? 0} ${key} ${seen}`) / 2 ** 32
  const shares = [
    ['rate-limit', faults.rateLimit],
    ['server-error', faults.serverError],
    ['cut', faults.cut],
    ['garbage', faults.garbage],
    ['stall', faults.stall],
  ] as const
  for (const [outcome, share = 0] of shares) {
    if (draw < share) return outcome
    draw -= share
  }
  return 'answered'
}

function cors({ corsOrigin = '*', exposeHeaders }: FakeOpenAiOptions): Record<string, string> {
  if (corsOrigin === null) return {}
  return { 'access-control-allow-origin': corsOrigin, ...(exposeHeaders ? { 'access-control-expose-headers': exposeHeaders } : {}) }
}

/** The strictest real servers list two headers; a client that sends a third fails here as it would there. */
function preflight(options: FakeOpenAiOptions, response: ServerResponse): void {
  response.writeHead(options.corsOrigin === null ? 403 : 204, {
    ...cors(options),
    ...(options.corsOrigin === null
      ? {}
      : {
          'access-control-allow-methods': 'GET, POST, OPTIONS',
          'access-control-allow-headers': 'authorization, content-type',
          'access-control-max-age': '600',
        }),
  })
  response.end()
}

function json(
  options: FakeOpenAiOptions,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  hidden = false,
): void {
  raw(options, response, status, JSON.stringify(body), { 'content-type': 'application/json', ...headers }, hidden)
}

function raw(
  options: FakeOpenAiOptions,
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
  hidden = false,
): void {
  response.writeHead(status, { ...(hidden ? {} : cors(options)), 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

function errorBody(message: string, type: string, code: string | null): object {
  return { error: { message, type, param: null, code } }
}

function countUsage(prompt: string, completion: string): Readonly<Record<string, number>> {
  const input = Math.ceil(prompt.length / 4)
  const output = Math.max(1, Math.ceil(completion.length / 4))
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

function readBody(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    incoming.on('error', reject)
  })
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}

function bearer(incoming: IncomingMessage): string | undefined {
  return /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1]
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

/** FNV-1a, 32 bits: enough to tell requests of a test apart. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  // Mixes the last characters into the high bits, where the fault draw looks.
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}
