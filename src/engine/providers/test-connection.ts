import { EngineError, isEngineError } from '../base/errors'
import type { Clock } from '../base/clock'
import { embedRequest } from '../lm/embed-request'
import { listModels } from './list-models'
import { costOf } from '../lm/budget'
import type { Lm, LmCall, LmRequest, ModelSpec } from '../lm/lm'
import type { RequestEnd } from '../lm/spend'
import { untilNothingIsLearned } from '../lm/model-facts'
import { onAbort } from '../base/on-abort'
import { isLoopbackHost, isPrivateHost, parseBaseUrl } from './openai/hosts'
import { openAiCompatible } from './openai/openai-compatible'
import { presetOf } from './openai/endpoint-presets'
import { traitsOf } from './registry'
import { createTransport, type Fetch, type Transport } from './openai/transport'
import { vectorShape } from '../lm/vectors'

export type ConnectionProblem = 'wrong-key' | 'wrong-url' | 'cors' | 'unreachable' | 'model-not-found' | 'quota' | 'other'

export interface ConnectionReport {
  readonly ok: boolean
  readonly problem?: ConnectionProblem
  /** Plain words: what happened and what to do. */
  readonly message: string
  readonly models: readonly string[]
}

export interface TestConnectionOptions {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly authorize: (origin: string) => Promise<string | undefined>
  /** Origin of the page that will call; absent outside a browser, where nothing is refused for its origin. */
  readonly pageOrigin?: string
  readonly signal?: AbortSignal
  /** Told of each request for an answer that came back; asking for the list of models costs nothing. */
  readonly onEnd?: (end: RequestEnd) => void
  /** Milliseconds each of the at most five requests may take. */
  readonly timeoutMs?: number
}

/**
 * Finds out whether a model answers, and if not, why: the model list first, since it costs nothing, then one answer of a few tokens,
 * since some lists are public and say nothing about the key. Never throws for a failed connection.
 */
export async function testConnection(model: ModelSpec, options: TestConnectionOptions): Promise<ConnectionReport> {
  if (traitsOf(model).local) return { ok: true, message: 'The Sandbox is built in and always answers.', models: [] }
  const probe = createProbe(model, options)
  if (isEngineError(probe)) return failure('wrong-url', probe.message)
  const listing = await probe.list()
  if (
    listing.error &&
    listing.error.code !== 'lm-bad-request' &&
    listing.error.code !== 'lm-bad-response' &&
    listing.error.code !== 'lm-model-not-found'
  )
    return explain(listing.error, probe, [])
  const models = listing.models ?? []
  if (model.model.trim() === '') {
    if (listing.error) return explain(listing.error, probe, [])
    return failure('model-not-found', `${probe.host} answers and lists ${models.length} models. Choose one.`, models)
  }
  const error = await probe.ask()
  if (!error) return { ok: true, message: `${model.model} at ${probe.host} answers.`, models }
  const size = saysNo(error) ? await probe.embed() : undefined
  if (size !== undefined)
    return {
      ok: true,
      message: `${model.model} at ${probe.host} makes embeddings of ${size} numbers, and answers no prompts: it can be the embedding model.`,
      models,
    }
  // The chat endpoint is missing and so is the list: the address is wrong rather than the model.
  return explain(listing.error && isMissing(error) ? listing.error : error, probe, models)
}

interface Probe {
  readonly model: string
  readonly url: URL
  readonly host: string
  readonly hasKey: boolean
  readonly pageOrigin?: string
  list(): Promise<{ readonly models?: readonly string[]; readonly error?: EngineError }>
  ask(): Promise<EngineError | undefined>
  /** How many numbers its vectors have; undefined where it makes none. */
  embed(): Promise<number | undefined>
  /** True when something answers there, read or not. */
  isThere(): Promise<boolean>
  /** The address with `/v1` appended, where a model list is found there. */
  betterUrl(): Promise<string | undefined>
}

function createProbe(model: ModelSpec, options: TestConnectionOptions): Probe | EngineError {
  const { fetch, clock, pageOrigin, timeoutMs = 15_000 } = options
  let url: URL
  let transport: Transport
  let hasKey = false
  const authorize = async (origin: string): Promise<string | undefined> => {
    const key = await options.authorize(origin)
    hasKey = key !== undefined && key !== ''
    return key
  }
  try {
    url = parseBaseUrl(model.baseUrl)
    transport = createTransport({ ...options, baseUrl: model.baseUrl, model: model.model, authorize })
  } catch (error) {
    if (isEngineError(error)) return error
    throw error
  }

  async function timed<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const timer = new AbortController()
    const stay = options.signal && onAbort(options.signal, () => controller.abort(options.signal?.reason))
    const late = new EngineError('lm-timeout', `${url.host} did not answer within ${Math.round(timeoutMs / 1000)} s.`, {
      isRetryable: true,
    })
    clock.sleep(timeoutMs, timer.signal).then(
      () => controller.abort(late),
      () => undefined,
    )
    try {
      return await work(controller.signal)
    } catch (error) {
      if (controller.signal.aborted) throw controller.signal.reason
      throw error
    } finally {
      timer.abort()
      stay?.()
    }
  }

  function counted(): Lm {
    const lm = openAiCompatible(transport, clock)
    const { price } = model
    return {
      ...lm,
      async generate(request, call) {
        try {
          const response = await lm.generate(request, call)
          const { usage } = response
          options.onEnd?.({
            purpose: 'test-connection',
            isAnswered: true,
            usage,
            ...(price && { cost: costOf(price, usage.inputTokens, usage.outputTokens) }),
          })
          return response
        } catch (error) {
          options.onEnd?.({ purpose: 'test-connection', isAnswered: false })
          throw error
        }
      },
    }
  }

  return {
    model: model.model,
    url,
    host: url.host,
    get hasKey() {
      return hasKey
    },
    pageOrigin,
    async list() {
      try {
        return { models: await timed(signal => listModels(transport, signal)) }
      } catch (error) {
        return { error: expected(error) }
      }
    },
    async ask() {
      const lm = untilNothingIsLearned(counted())
      const request: LmRequest = {
        model: model.model,
        messages: [{ role: 'user', content: 'Reply with the word ok.' }],
        settings: { maxTokens: 16 },
      }
      try {
        await timed(signal => lm.generate(request, { signal, rollout: 0, purpose: 'test-connection' } satisfies LmCall))
        return undefined
      } catch (error) {
        const failed = expected(error)
        // A reasoning model that used its few tokens up has answered well enough.
        return failed.code === 'lm-bad-request' && /max_tokens or model output limit|output limit was reached/i.test(failed.message)
          ? undefined
          : failed
      }
    },
    async embed() {
      const lm = counted()
      const call = { rollout: 0, purpose: 'test-connection' } as const
      try {
        const { text } = await timed(signal => lm.generate(embedRequest(model.model, ['ok']), { ...call, signal }))
        return vectorShape(text)?.size
      } catch (error) {
        expected(error)
        return undefined
      }
    },
    async isThere() {
      try {
        await timed(signal =>
          fetch(`${transport.baseUrl}/models`, {
            method: 'GET',
            mode: 'no-cors',
            credentials: 'omit',
            referrerPolicy: 'no-referrer',
            signal,
          }),
        )
        return true
      } catch {
        return false
      }
    },
    async betterUrl() {
      if (/\/v\d/.test(url.pathname)) return undefined
      const candidate = `${transport.baseUrl}/v1`
      try {
        await timed(signal => listModels(createTransport({ ...options, baseUrl: candidate, authorize }), signal))
        return candidate
      } catch (error) {
        return isEngineError(error, 'lm-auth') ? candidate : undefined
      }
    },
  }
}

async function explain(error: EngineError, probe: Probe, models: readonly string[]): Promise<ConnectionReport> {
  switch (error.code) {
    case 'lm-auth':
      return failure('wrong-key', explainKey(error, probe), models)
    case 'lm-quota':
      return failure('quota', error.message, models)
    case 'lm-model-not-found':
      return failure('model-not-found', explainModel(error, probe, models), models)
    case 'lm-timeout':
      return failure('unreachable', `${error.message} The server may be starting, overloaded, or not there.`, models)
    case 'lm-network':
      return explainSilence(error, probe)
    case 'lm-bad-response':
      if (error.facts['isBrokenOff']) return failure('other', error.message, models)
      return failure('wrong-url', await explainAddress(error, probe), models)
    case 'lm-bad-request':
      return isMissing(error) ? failure('wrong-url', await explainAddress(error, probe), models) : failure('other', error.message, models)
    default:
      return failure('other', error.message, models)
  }
}

/** A browser hides why a request failed; a second one that asks for nothing readable tells a refusal from silence. */
async function explainSilence(error: EngineError, probe: Probe): Promise<ConnectionReport> {
  const { url, host, pageOrigin } = probe
  const isLocal = isLoopbackHost(url.hostname)
  if (pageOrigin?.startsWith('https:') && url.protocol === 'http:' && !isLocal && !isPrivateHost(url.hostname))
    return failure(
      'cors',
      `A page loaded over https may not call ${url.origin}, which is plain http. Use an https address, or run the studio on this machine from http://localhost.`,
    )
  if (pageOrigin !== undefined && (await probe.isThere())) return explainRefusal(probe)
  const candidates = [
    isLocal
      ? 'the server is not running, or listens on another port'
      : 'the address is misspelt, the server is down, or this computer is offline',
    ...(pageOrigin !== undefined && !isLocal
      ? ['an ad blocker, a company network or a sign-in page of the Wi-Fi holds the request back']
      : []),
    ...(pageOrigin?.startsWith('https:') && isLocal
      ? [
          'the browser was not allowed to reach this machine: look for its question next to the address bar, or run the studio from http://localhost',
        ]
      : []),
  ]
  const reason = error.facts['host'] === host && /\((E[A-Z]+)\)/.exec(error.message)?.[1]
  return failure('unreachable', `Nothing answers at ${url.origin}${reason ? ` (${reason})` : ''}. Likely: ${candidates.join('; or ')}.`)
}

function explainRefusal(probe: Probe): ConnectionReport {
  const { url, host, pageOrigin = '' } = probe
  const preset = presetOf(url.origin)
  if (preset && !preset.isLocal) {
    // These hosts are known to allow web pages, but leave the permission out of a refusal: what looks like CORS is the key.
    const key = probe.hasKey ? 'The key is probably wrong: check it' : 'It needs a key: save one for this address'
    return failure(
      'wrong-key',
      `${preset.title} answered, but the browser may not show the answer. ${key}. If the key is right, an ad blocker or proxy is in the way.`,
    )
  }
  if (url.port === '11434')
    return failure(
      'cors',
      `Ollama is running but refuses pages from ${pageOrigin}. Stop it and start it again with: OLLAMA_ORIGINS=${pageOrigin} ollama serve`,
    )
  if (url.port === '1234')
    return failure(
      'cors',
      'LM Studio is running but refuses web pages. Turn on "Enable CORS" in its server settings, or run: lms server start --cors',
    )
  const help =
    preset?.note ??
    `Its owner has to allow ${pageOrigin} with the headers authorization and content-type; a LiteLLM proxy in front of it does.`
  return failure('cors', `${host} answers but does not allow calls from web pages (CORS). ${help}`)
}

function explainKey(error: EngineError, probe: Probe): string {
  if (probe.hasKey) return error.message
  const preset = presetOf(probe.url.origin)
  const where = preset?.keyUrl ? ` Keys are made at ${preset.keyUrl}.` : ''
  const local = isLoopbackHost(probe.url.hostname) ? ' LocalAI accepts any text as a key.' : ''
  return `${probe.host} needs a key, and none is saved for this address.${where}${local}`
}

function explainModel(error: EngineError, probe: Probe, models: readonly string[]): string {
  if (models.length === 0) return error.message
  const wanted = probe.model.toLowerCase()
  const close = models.filter(name => name.toLowerCase().includes(wanted) || wanted.includes(name.toLowerCase())).slice(0, 3)
  const hint =
    close.length > 0
      ? ` Did you mean ${close.join(', ')}?`
      : ` It lists ${models.slice(0, 5).join(', ')}${models.length > 5 ? ' and more' : ''}.`
  return `${probe.host} does not know the model "${probe.model}".${hint}`
}

async function explainAddress(error: EngineError, probe: Probe): Promise<string> {
  const better = await probe.betterUrl()
  if (better) return `There is no API at ${probe.url.href}, but there is one at ${better}. Use that as the base URL.`
  const found = error.facts.status === 404 ? 'nothing at this address (404)' : 'something else than an LM API, such as a web page'
  return `${probe.host} answers, but has ${found}. Check the base URL: it is the part before /chat/completions and often ends in /v1.`
}

/** The way to it is open, but it takes no chat. */
function saysNo({ code }: EngineError): boolean {
  return code === 'lm-bad-request' || code === 'lm-model-not-found'
}

function isMissing(error: EngineError): boolean {
  return error.facts.status === 404 || error.facts.status === 405 || error.code === 'lm-bad-response'
}

function failure(problem: ConnectionProblem, message: string, models: readonly string[] = []): ConnectionReport {
  return { ok: false, problem, message, models }
}

function expected(error: unknown): EngineError {
  if (isEngineError(error)) return error
  throw error
}
