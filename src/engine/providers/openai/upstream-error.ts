import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'

/**
 * An error body with the words of the provider behind the provider: gateways say only that something went wrong and put what they
 * were told into `error.metadata.raw`, often as JSON in a text. Any other body comes back as it is.
 */
export function withUpstreamError(body: Json | undefined): Json | undefined {
  const block = isJsonObject(body) ? body['error'] : undefined
  const metadata = isJsonObject(block) ? block['metadata'] : undefined
  if (!isJsonObject(block) || !isJsonObject(metadata)) return body
  const told = upstreamOf(metadata['raw'])
  if (!told) return body
  const message = typeof block['message'] === 'string' ? `${block['message']}: ${told.message}` : told.message
  const type = [block['type'], told.code].filter(word => typeof word === 'string').join(' ')
  return { error: { ...block, message, ...(type !== '' && { type }), ...(told.param !== undefined && { param: told.param }) } }
}

interface Upstream {
  readonly message: string
  readonly code?: string
  readonly param?: string
}

function upstreamOf(raw: Json | undefined): Upstream | undefined {
  const parsed = typeof raw === 'string' ? parseJson(raw) : undefined
  const told = parsed?.ok ? parsed.value : raw
  if (typeof told === 'string') return /^\s*(?:<|$)/.test(told) ? undefined : { message: told.trim() }
  const root = Array.isArray(told) ? told[0] : told
  if (!isJsonObject(root)) return undefined
  const block = isJsonObject(root['error']) ? root['error'] : root
  const message = firstText(block, 'message', 'detail', 'error') ?? JSON.stringify(block)
  const code = [block['code'], block['type'], block['status']].filter(word => typeof word === 'string').join(' ')
  const param = firstText(block, 'param')
  return { message, ...(code !== '' && { code }), ...(param !== undefined && { param }) }
}

function firstText(block: JsonObject, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = block[name]
    if (typeof value === 'string' && value !== '') return value
  }
  return undefined
}
