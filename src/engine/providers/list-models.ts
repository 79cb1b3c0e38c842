import { isJsonObject, type Json } from '@/lib/json'
import { readAnswer, type AnswerShape } from './openai/read-answer'
import type { Transport } from './openai/transport'

/** Ids of the models an endpoint lists under `/models`, sorted. Throws an `EngineError`; a web page is `lm-bad-response`. */
export function listModels(transport: Transport, signal?: AbortSignal): Promise<readonly string[]> {
  return transport.exchange(
    () => readModels(transport, signal),
    (names, masker) => masker.value(names),
  )
}

async function readModels(transport: Transport, signal?: AbortSignal): Promise<readonly string[]> {
  const response = await transport.send(`${transport.baseUrl}/models`, { method: 'GET', signal })
  const entries = readAnswer(await transport.read(response), transport, modelList)
  return [...new Set(entries.map(nameOf).filter(name => name !== ''))].sort((a, b) => a.localeCompare(b, 'en'))
}

/**
 * `{data: […]}` of OpenAI, `{models: […]}` of Ollama and Cohere, or the bare list of Together. A server that has loaded no model writes null
 * for its list.
 */
const modelList: AnswerShape<readonly Json[]> = {
  what: 'a list of models',
  mayChange: false,
  find(body) {
    if (Array.isArray(body)) return body
    if (!isJsonObject(body)) return 'it is no object'
    const { data, models, object } = body
    const list = data ?? models
    if (Array.isArray(list)) return list
    const isNone = list === undefined && (data === null || models === null || object === 'list')
    return isNone || list === null ? [] : 'it has no list. Check the base URL; it often ends in /v1'
  },
}

function nameOf(entry: Json): string {
  if (typeof entry === 'string') return entry
  if (!isJsonObject(entry)) return ''
  const name = entry['id'] ?? entry['name'] ?? entry['model']
  return typeof name === 'string' ? name : ''
}
