import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { EngineError } from '../base/errors'
import type { Transport } from './openai/transport'

/** Ids of the models an endpoint lists under `/models`, sorted. Throws an `EngineError`; a web page is `lm-bad-response`. */
export async function listModels(transport: Transport, signal?: AbortSignal): Promise<readonly string[]> {
  const response = await transport.send(`${transport.baseUrl}/models`, { method: 'GET', signal })
  const parsed = parseJson(await transport.read(response))
  const entries = parsed.ok ? entriesOf(parsed.value) : undefined
  if (!entries) {
    throw new EngineError(
      'lm-bad-response',
      `${transport.host} answers, but not with a list of models. Check the base URL; it often ends in /v1.`,
      {
        status: response.status,
        isRetryable: false,
      },
    )
  }
  return [...new Set(entries.map(nameOf).filter(name => name !== ''))].sort((a, b) => a.localeCompare(b, 'en'))
}

/** `{data: […]}` of OpenAI, `{models: […]}` of Ollama and Cohere, or the bare list of Together. */
function entriesOf(body: Json): readonly Json[] | undefined {
  if (Array.isArray(body)) return body
  if (!isJsonObject(body)) return undefined
  const list = body['data'] ?? body['models']
  return Array.isArray(list) ? list : undefined
}

function nameOf(entry: Json): string {
  if (typeof entry === 'string') return entry
  if (!isJsonObject(entry)) return ''
  const name = entry['id'] ?? entry['name']
  return typeof name === 'string' ? name : ''
}
