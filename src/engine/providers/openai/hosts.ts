import { EngineError } from '../../base/errors'

/** The base URL of an endpoint as a URL without a trailing slash. Throws `lm-bad-request` where it is none. */
export function parseBaseUrl(baseUrl: string | undefined): URL {
  const text = baseUrl?.trim() ?? ''
  if (text === '')
    throw badUrl('This model has no base URL. Enter the address of an OpenAI-compatible API, for example http://localhost:11434/v1.', text)
  if (!URL.canParse(text)) throw badUrl(`"${text}" is not a URL. A base URL looks like https://api.openai.com/v1.`, text)
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw badUrl(`"${text}" must start with https:// or http://.`, text)
  if (url.username !== '' || url.password !== '')
    throw badUrl('Leave user name and password out of the base URL; save a key for this address instead.', url.origin)
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

/** This machine: `localhost`, `*.localhost`, 127.x.x.x, ::1. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/** A machine of the local network: private IPv4 ranges and `.local` names. */
export function isPrivateHost(hostname: string): boolean {
  return hostname.endsWith('.local') || /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)[\d.]+$/.test(hostname)
}

function badUrl(message: string, url: string): EngineError {
  return new EngineError('lm-bad-request', message, { isRetryable: false, unsupported: 'base_url', url })
}
