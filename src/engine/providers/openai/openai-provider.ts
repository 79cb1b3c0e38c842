import { isEngineError } from '../../base/errors'
import { endpointPresets } from './endpoint-presets'
import { parseBaseUrl } from './hosts'
import type { ProviderKind } from '../base/provider'

/** Any server that speaks OpenAI's chat completions. */
export const openAiProvider: ProviderKind = {
  id: 'openai-compatible',
  title: 'OpenAI-compatible API',
  help: 'Any server with a /chat/completions endpoint: cloud providers with your own key, or a model on your machine.',
  needsKey: 'depends',
  corsNote:
    'Your browser calls the provider directly, so the provider must allow calls from web pages (CORS). The ones listed here do, or say how.',
  presets: endpointPresets,
  traits: {
    free: false,
    local: false,
    isLanguageModel: true,
    addressed: true,
    runsOn: 'worker',
    embeds: true,
    streams: true,
    batch: false,
    tools: true,
    schema: true,
  },
  capabilities: { responseFormats: ['json_schema', 'json_object'], tools: true },
  blank: { provider: 'openai-compatible', label: '', model: '', baseUrl: 'https://api.openai.com/v1' },
  endpointOf({ baseUrl }) {
    try {
      return parseBaseUrl(baseUrl).href
    } catch (error) {
      // Whoever connects says what is wrong with the address.
      if (isEngineError(error)) return undefined
      throw error
    }
  },
}
