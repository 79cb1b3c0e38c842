import { onUse } from '../base/on-use'
import { createLimiter, type Limiter } from '../lm/sending/limiter'
import type { Lm, LmLine, ModelSpec, ProviderId } from '../lm/lm'
import { rateLimited } from '../lm/sending/rate-limited'
import { isLoopbackHost, parseBaseUrl } from './openai/hosts'
import type { ProviderHost } from './base/host'
import { providerKind } from './registry'

/** A model as it is reached; `configure` takes over the limits a user has set since. */
export interface Connection {
  readonly lm: Lm
  configure(limits: ModelSpec['limits']): void
}

/** How the models of a provider are reached. Connecting is at once; the code that speaks to them is loaded for the first request. */
export interface Connector {
  connect(model: ModelSpec, host: ProviderHost, line: LmLine | undefined): Connection
  /** Loads that code before it is needed. */
  load(): Promise<unknown>
}

const sandbox = onUse(() => import('./sandbox/sandbox-lm'))
const openAi = onUse(() => import('./openai/openai-lm'))

/**
 * One line for each provider. Apart from `registry.ts`, which the page reads, because only the worker and Node need what is here. What speaks
 * to a model is loaded on use: an SDK is large, and most visits speak to one provider or to none.
 */
export const connectors: Readonly<Record<ProviderId, Connector>> = {
  sandbox: {
    connect: () => ({ lm: lmOnUse('sandbox', async () => (await sandbox()).sandboxLm()), configure: () => undefined }),
    load: sandbox,
  },
  'openai-compatible': { connect: connectOpenAi, load: openAi },
}

/** What a model takes is known at once, for that decides which request is made; the rest of it comes with the first request. */
function lmOnUse(provider: ProviderId, load: () => Promise<Lm>): Lm {
  const lm = onUse(load)
  return {
    capabilities: providerKind(provider).capabilities,
    generate: async (request, call) => (await lm()).generate(request, call),
  }
}

function connectOpenAi(model: ModelSpec, host: ProviderHost, line: LmLine | undefined): Connection {
  const { clock, defaultConcurrency } = host
  const base = parseBaseUrl(model.baseUrl)
  const limiter: Limiter = createLimiter({
    clock,
    defaultConcurrency: defaultConcurrency ?? (isLoopbackHost(base.hostname) ? localConcurrency : cloudConcurrency),
    ...(line && { line }),
  })
  const lm = lmOnUse('openai-compatible', async () => (await openAi()).openAiLm(model, host))
  return {
    lm: rateLimited(lm, limiter, line),
    configure: limits => limiter.configure(withinConnections(limits, base, host)),
  }
}

function withinConnections(limits: ModelSpec['limits'], base: URL, { plainHttpConnections }: ProviderHost): ModelSpec['limits'] {
  if (base.protocol !== 'http:' || plainHttpConnections === undefined || limits?.concurrency === undefined) return limits
  return { ...limits, concurrency: Math.min(limits.concurrency, plainHttpConnections) }
}

const cloudConcurrency = 16
/** Local servers speak HTTP/1.1, where a browser opens six connections: one stays free for everything else. */
const localConcurrency = 5
