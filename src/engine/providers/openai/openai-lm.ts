import type { Lm, ModelSpec } from '../../lm/lm'
import type { ProviderHost } from '../connectors'
import { openAiCompatible } from './openai-compatible'
import { createTransport } from './transport'

/** A model at its address: all that is loaded when one is asked for the first time. Throws `params-invalid` for an address that is none. */
export function openAiLm({ baseUrl, model }: Pick<ModelSpec, 'baseUrl' | 'model'>, { fetch, clock, authorize }: ProviderHost): Lm {
  return openAiCompatible(createTransport({ baseUrl, fetch, clock, authorize, model }), clock)
}
