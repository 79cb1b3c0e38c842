import type { Clock } from '../run/ports'
import { createLimiter, type Limiter } from './limiter'
import type { Lm, ModelSpec } from './lm'
import { isLoopbackHost, parseBaseUrl } from './providers/hosts'
import { openAiCompatible } from './providers/openai-compatible'
import { sandboxLm } from './providers/sandbox/sandbox-lm'
import { createTransport, type Fetch } from './providers/transport'
import { rateLimited } from './rate-limited'
import { withoutRefused } from './without-refused'

export interface ConnectorOptions {
  readonly fetch: Fetch
  readonly clock: Clock
  /** The key saved for exactly this origin, or undefined. Asked before each request, so keep it in memory. */
  readonly authorize: (origin: string) => Promise<string | undefined>
  /** Most requests at once to an endpoint where the user set none. */
  readonly defaultConcurrency?: number
  /**
   * Most connections to one address over plain HTTP: six in a browser. What a user allows beyond that would line up inside the
   * browser, where neither a pause nor a cap reaches it.
   */
  readonly plainHttpConnections?: number
}

/** Makes the LM of a model. Models of the same name at the same address share one queue, whichever run they work for. */
export function createConnector(options: ConnectorOptions): (model: ModelSpec) => Lm {
  const sandbox = sandboxLm()
  const endpoints = new Map<string, { readonly lm: Lm; readonly limiter: Limiter }>()
  return model => {
    if (model.provider === 'sandbox') return sandbox
    const base = parseBaseUrl(model.baseUrl)
    const key = `${base.href} ${model.model}`
    const known = endpoints.get(key) ?? connectEndpoint(model, base, options)
    endpoints.set(key, known)
    known.limiter.configure(withinConnections(model.limits, base, options))
    return known.lm
  }
}

function withinConnections(limits: ModelSpec['limits'], base: URL, { plainHttpConnections }: ConnectorOptions): ModelSpec['limits'] {
  if (base.protocol !== 'http:' || plainHttpConnections === undefined || limits?.concurrency === undefined) return limits
  return { ...limits, concurrency: Math.min(limits.concurrency, plainHttpConnections) }
}

function connectEndpoint(
  model: ModelSpec,
  base: URL,
  { fetch, clock, authorize, defaultConcurrency }: ConnectorOptions,
): { lm: Lm; limiter: Limiter } {
  const transport = createTransport({ baseUrl: model.baseUrl, fetch, clock, authorize, model: model.model })
  const limiter = createLimiter({
    clock,
    defaultConcurrency: defaultConcurrency ?? (isLoopbackHost(base.hostname) ? localConcurrency : cloudConcurrency),
  })
  return { lm: rateLimited(withoutRefused(openAiCompatible(transport, clock, new Set())), limiter), limiter }
}

const cloudConcurrency = 16
/** Local servers speak HTTP/1.1, where a browser opens six connections: one stays free for everything else. */
const localConcurrency = 5
