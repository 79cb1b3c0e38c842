import { EngineError } from '../../base/errors'
import { trimEndOf } from '@/lib/trim-of'

/**
 * The base URL of an endpoint as a URL without a trailing slash, and without the part that each request adds, which people copy along.
 * A query stays: it goes out with each request. Throws `lm-bad-request` where it is none, or holds a key.
 */
export function parseBaseUrl(baseUrl: string | undefined): URL {
  const text = baseUrl?.trim() ?? ''
  if (text === '')
    throw badUrl('This model has no base URL. Enter the address of an OpenAI-compatible API, for example http://localhost:11434/v1.', text)
  if (!URL.canParse(text)) throw badUrl(`"${text}" is not a URL. A base URL looks like https://api.openai.com/v1.`, text)
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw badUrl(`"${text}" must start with https:// or http://.`, text)
  if (url.username !== '' || url.password !== '')
    throw badUrl('Leave user name and password out of the base URL; save a key for this address instead.', url.origin)
  const secret = [...url.searchParams.keys()].find(name => keyNames.test(name))
  if (secret !== undefined)
    throw badUrl(`Leave "${secret}" out of the base URL: it looks like a key. Save the key for this address instead.`, url.origin)
  url.hash = ''
  const path = trimEndOf(url.pathname, /\//).replace(/\/(?:chat\/completions|completions|embeddings)$/, '')
  url.pathname = trimEndOf(path, /\//)
  return url
}

const keyNames = /^(?:.*[-_.])?(?:key|apikey|token|secret|password|signature|sig)$/i

/** The address of something under a base URL, with the query that the base has. */
export function addressUnder(base: URL, path: string): string {
  return `${base.origin}${trimEndOf(base.pathname, /\//)}${path}${base.search}`
}

/** This machine: `localhost`, `*.localhost`, 127.x.x.x, ::1. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/** A machine of the local network: private IPv4 ranges and `.local` names. */
export function isPrivateHost(hostname: string): boolean {
  return hostname.endsWith('.local') || /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)[\d.]+$/.test(hostname)
}

/**
 * How the studio is let through to an address that the policy of its own local server forbids: plain http beyond this machine.
 * Undefined for addresses that need nothing of the kind.
 */
export function allowHint({ protocol, hostname, origin }: URL): string | undefined {
  if (protocol !== 'http:' || hostname === 'localhost' || hostname === '127.0.0.1') return undefined
  return `the studio reaches plain http on this machine only, until it is started with: npm start -- --allow ${origin}`
}

function badUrl(message: string, url: string): EngineError {
  return new EngineError('lm-bad-request', message, { isRetryable: false, unsupported: 'base_url', url })
}
