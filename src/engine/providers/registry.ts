import type { ModelSpec, ProviderId } from '../lm/lm'
import { openAiProvider } from './openai/openai-provider'
import type { ProviderKind } from './provider'
import { sandboxProvider } from './sandbox/sandbox-provider'

export const providers: readonly ProviderKind[] = [sandboxProvider, openAiProvider]

export function providerKind(id: ProviderId): ProviderKind {
  const kind = providers.find(provider => provider.id === id)
  if (!kind) throw new Error(`no provider ${id}`)
  return kind
}

export function traitsOf({ provider }: Pick<ModelSpec, 'provider'>): ProviderKind['traits'] {
  return providerKind(provider).traits
}

/** Where a model is: what the keys of its calls name. Undefined for one that is built in, and for an address that is none. */
export function endpointOf(model: Pick<ModelSpec, 'provider' | 'baseUrl'>): string | undefined {
  return providerKind(model.provider).endpointOf(model)
}
