import type { LmSettings, ModelSpec } from '@/engine/lm/lm'
import { providerKind } from '@/engine/providers/registry'
import { formatCount } from '@/ui/format'

/** `gpt-5-mini at api.openai.com · temperature 0.7`: enough to tell two entries of one endpoint apart. */
export function describeModel(model: ModelSpec): string {
  const { title, traits } = providerKind(model.provider)
  if (!traits.addressed) return [`${title}, built in`, ...settingWords(model.settings)].join(' · ')
  const host = model.baseUrl !== undefined && URL.canParse(model.baseUrl) ? new URL(model.baseUrl).host : 'an unreadable address'
  return [`${model.model} at ${host}`, ...settingWords(model.settings)].join(' · ')
}

export function priceText({ price }: ModelSpec): string {
  return `$${price?.input ?? 0} in, $${price?.output ?? 0} out per million`
}

function settingWords({ temperature, maxTokens, topP, seed, reasoningEffort }: LmSettings): readonly string[] {
  return [
    ...(temperature === undefined ? [] : [`temperature ${temperature}`]),
    ...(maxTokens === undefined ? [] : [`max ${formatCount(maxTokens)} tokens`]),
    ...(topP === undefined ? [] : [`top p ${topP}`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(reasoningEffort === undefined ? [] : [`${reasoningEffort} effort`]),
  ]
}
