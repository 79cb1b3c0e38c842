import type { ProviderId } from '../lm/lm'
import type { ProviderKind } from './base/provider'

/** Stands for a provider that another version or another program has: its models are shown and kept, and never asked. */
export function unknownProvider(id: ProviderId): ProviderKind {
  return {
    id,
    title: `“${id}”`,
    help: 'This version of DSPy Studio does not know this provider. Choose another one.',
    needsKey: 'never',
    presets: [],
    traits: {
      free: false,
      local: false,
      isLanguageModel: true,
      addressed: false,
      runsOn: 'worker',
      embeds: false,
      streams: false,
      batch: false,
      tools: false,
      schema: false,
    },
    capabilities: { responseFormats: [] },
    blank: { provider: id, label: '', model: '' },
    endpointOf: () => undefined,
  }
}
