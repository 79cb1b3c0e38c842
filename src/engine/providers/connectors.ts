import type { Clock } from '../base/clock'
import type { BlobStore } from '../blobs/blob-store'
import { createLimiter, type Limiter } from '../lm/limiter'
import type { Lm, ModelSpec, ProviderId } from '../lm/lm'
import { rateLimited } from '../lm/rate-limited'
import { isLoopbackHost, parseBaseUrl } from './openai/hosts'
import { openAiCompatible } from './openai/openai-compatible'
import { sandboxLm } from './sandbox/sandbox-lm'
import { createTransport, type Fetch } from './openai/transport'
import { blobReader } from './openai/wire-messages'

/** What a provider may use of the place it runs in. */
export interface ProviderHost {
  readonly fetch: Fetch
  readonly clock: Clock
  /** The key saved for exactly this origin, or undefined. Asked before each request, so keep it in memory. */
  readonly authorize: (origin: string) => Promise<string | undefined>
  /** Where the files lie that messages name. */
  readonly blobs?: Pick<BlobStore, 'get'>
  /** Most requests at once to an endpoint where the user set none. */
  readonly defaultConcurrency?: number
  /**
   * Most connections to one address over plain HTTP: six in a browser. What a user allows beyond that would line up inside the
   * browser, where neither a pause nor a cap reaches it.
   */
  readonly plainHttpConnections?: number
}

/** A model as it is reached; `configure` takes over the limits a user has set since. */
export interface Connection {
  readonly lm: Lm
  configure(limits: ModelSpec['limits']): void
}

/**
 * How the models of each provider are reached. Apart from `registry.ts`, which the page reads, because what is here is heavy and only
 * the worker and Node need it.
 */
export const connectors: Readonly<Record<ProviderId, (model: ModelSpec, host: ProviderHost) => Connection>> = {
  sandbox: () => ({ lm: sandboxLm(), configure: () => undefined }),
  'openai-compatible': connectOpenAi,
}

function connectOpenAi(model: ModelSpec, host: ProviderHost): Connection {
  const { fetch, clock, authorize, blobs, defaultConcurrency } = host
  const base = parseBaseUrl(model.baseUrl)
  const transport = createTransport({ baseUrl: model.baseUrl, fetch, clock, authorize, model: model.model })
  const limiter: Limiter = createLimiter({
    clock,
    defaultConcurrency: defaultConcurrency ?? (isLoopbackHost(base.hostname) ? localConcurrency : cloudConcurrency),
  })
  return {
    lm: rateLimited(openAiCompatible(transport, clock, blobReader(blobs)), limiter),
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
