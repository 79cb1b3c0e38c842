import { EngineError, isEngineError } from '../base/errors'
import type { Clock } from '../base/clock'
import { embedRequest } from '../lm/embed-request'
import { listModels } from './list-models'
import type { LiveKeys } from '../lm/keys/live-keys'
import { costOf } from '../lm/sending/budget'
import type { ChatRequest, Lm, LmCall, ModelSpec } from '../lm/lm'
import type { RequestEnd } from '../lm/spend'
import { untilNothingIsLearned } from '../lm/sending/model-facts'
import { onAbort } from '@/lib/on-abort'
import { explain, explainNoChat, failure, isElsewhere, isMissing, type ConnectionReport, type Probe } from './explain-connection'
import { parseBaseUrl } from './openai/hosts'
import { openAiCompatible } from './openai/openai-compatible'
import { traitsOf } from './registry'
import { createTransport, type Transport } from './openai/transport'
import type { Fetch } from './base/host'

export interface TestConnectionOptions {
  readonly fetch: Fetch
  readonly clock: Clock
  readonly authorize: (origin: string) => Promise<string | undefined>
  readonly keys?: LiveKeys
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
  if (listing.error && isFinal(listing.error)) return explain(listing.error, probe)
  const models = listing.models ?? []
  if (model.model.trim() === '') {
    if (listing.error) return explain(listing.error, probe)
    const how = models.length === 0 ? 'lists no model. Load one there, or type its name.' : `lists ${models.length} models. Choose one.`
    return failure('model-not-found', `${probe.host} answers and ${how}`, models)
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
  if (listing.models && isMissing(error)) return explainNoChat(error, probe, models)
  // The chat endpoint is missing and so is the list: the address is wrong rather than the model.
  return explain(listing.error && isElsewhere(listing.error) && isElsewhere(error) ? listing.error : error, probe, models)
}

/** A list that cannot be had says nothing about answers, unless nobody is there or the key is none. */
function isFinal({ code, facts }: EngineError): boolean {
  return code === 'lm-timeout' || (code === 'lm-network' && facts['isCut'] !== true) || (code === 'lm-auth' && facts.status !== 403)
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
      const request: ChatRequest = {
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
        const { vectors } = await timed(signal => lm.generate(embedRequest(model.model, ['ok']), { ...call, signal }))
        return vectors?.size
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
    async leadsTo() {
      try {
        const init = { method: 'GET', redirect: 'follow', credentials: 'omit', referrerPolicy: 'no-referrer' } as const
        const response = await timed(signal => fetch(`${transport.baseUrl}/models`, { ...init, signal }))
        void response.body?.cancel().catch(() => undefined)
        return URL.parse(response.url) ?? undefined
      } catch {
        return undefined
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

/** The way to it is open, but it takes no chat. */
function saysNo({ code }: EngineError): boolean {
  return code === 'lm-bad-request' || code === 'lm-model-not-found'
}

function expected(error: unknown): EngineError {
  if (isEngineError(error)) return error
  throw error
}
