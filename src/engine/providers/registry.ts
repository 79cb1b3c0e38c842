import type { ModelSpec, ProviderId } from '../lm/lm'
import { openAiProvider } from './openai/openai-provider'
import type { ProviderKind } from './base/provider'
import { sandboxProvider } from './sandbox/sandbox-provider'
import { unknownProvider } from './unknown-provider'

const kinds: Readonly<Record<ProviderId, ProviderKind>> = { sandbox: sandboxProvider, 'openai-compatible': openAiProvider }

export const providers: readonly ProviderKind[] = Object.values(kinds)

/** A record may name a provider of another version: see `isKnownProvider`. */
export function providerKind(id: ProviderId): ProviderKind {
  return isKnownProvider(id) ? kinds[id] : unknownProvider(id)
}

export function isKnownProvider(id: string): boolean {
  return Object.hasOwn(kinds, id)
}

/** What to do about a model whose provider is not known. */
export function unknownProviderWords({ label, provider }: Pick<ModelSpec, 'label' | 'provider'>): string {
  return `The model "${label}" is of the provider "${provider}", which this version does not know. Choose another model.`
}

export function traitsOf({ provider }: Pick<ModelSpec, 'provider'>): ProviderKind['traits'] {
  return providerKind(provider).traits
}

/** Where a model is: what the keys of its calls name. Undefined for one that is built in, and for an address that is none. */
export function endpointOf(model: Pick<ModelSpec, 'provider' | 'baseUrl'>): string | undefined {
  return providerKind(model.provider).endpointOf(model)
}
