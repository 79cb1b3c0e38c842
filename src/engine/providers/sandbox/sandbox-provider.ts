import type { ProviderKind } from '../base/provider'
import { sandboxModel } from './sandbox-model'

/** The built-in stand-in for a language model. */
export const sandboxProvider: ProviderKind = {
  id: 'sandbox',
  title: 'Sandbox',
  help: 'Built in, free and always the same. Not a language model: it goes by the demos, labels and rules in the prompt and does small arithmetic. Good for learning the studio, never a measure of a real model.',
  needsKey: 'never',
  presets: [],
  traits: {
    free: true,
    local: true,
    isLanguageModel: false,
    addressed: false,
    runsOn: 'worker',
    embeds: false,
    streams: false,
    batch: false,
    tools: true,
    schema: false,
  },
  capabilities: { responseFormats: [], tools: true },
  blank: { provider: 'sandbox', model: sandboxModel.model, label: sandboxModel.label },
  only: sandboxModel,
  endpointOf: () => undefined,
}
