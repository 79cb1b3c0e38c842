import type { Lm, ModelSpec } from '../../lm/lm'
import type { ProviderHost } from '../base/host'
import { openAiCompatible } from './openai-compatible'
import { createTransport } from './transport'
import { blobReader } from './wire-messages'

/** A model at its address: all that is loaded when one is asked for the first time. Throws `params-invalid` for an address that is none. */
export function openAiLm(
  { baseUrl, model }: Pick<ModelSpec, 'baseUrl' | 'model'>,
  { fetch, clock, authorize, keys, blobs }: ProviderHost,
): Lm {
  return openAiCompatible(createTransport({ baseUrl, fetch, clock, authorize, model, ...(keys && { keys }) }), clock, blobReader(blobs))
}
