import type { ModelSpec, ProviderId } from '../lm/lm'
import { openAiProvider } from './openai/openai-provider'
import type { ProviderKind } from './provider'
import { sandboxProvider } from './sandbox/sandbox-provider'

/** One for each id: a record that names another provider is refused where it is read, so this always finds one. */
const kinds: Readonly<Record<ProviderId, ProviderKind>> = { sandbox: sandboxProvider, 'openai-compatible': openAiProvider }

export const providers: readonly ProviderKind[] = Object.values(kinds)

export function providerKind(id: ProviderId): ProviderKind {
  return kinds[id]
}

export function traitsOf({ provider }: Pick<ModelSpec, 'provider'>): ProviderKind['traits'] {
  return providerKind(provider).traits
}

/** Where a model is: what the keys of its calls name. Undefined for one that is built in, and for an address that is none. */
export function endpointOf(model: Pick<ModelSpec, 'provider' | 'baseUrl'>): string | undefined {
  return providerKind(model.provider).endpointOf(model)
}
