import type { ModelSpec } from '@/engine/lm/lm'
import { modelSchema } from '@/engine/project/project-schema'
import { endpointPresets } from '@/engine/providers/openai/endpoint-presets'
import { parseBaseUrl } from '@/engine/providers/openai/hosts'
import { traitsOf } from '@/engine/providers/registry'
import { canonicalJson } from '@/lib/canonical-json'
import { shortHash } from '@/lib/hash'
import type { Json, JsonObject } from '@/lib/json'

/**
 * The fields that DSPy rebuilds an LM from, with every setting and the address; null for a model that only the studio has. A key is never
 * among them. Source: dspy-spec §7.5.
 */
export function dspyLm(model: ModelSpec): JsonObject | null {
  if (traitsOf(model).local) return null
  const { temperature, maxTokens, topP, stop, seed, reasoningEffort } = model.settings
  return {
    _dspy_lm_class: lmClass,
    model: `openai/${model.model}`,
    model_type: 'chat',
    cache: true,
    num_retries: 3,
    temperature: isRefused('temperature', model) ? null : (temperature ?? null),
    max_tokens: isRefused('max_tokens', model) ? null : (maxTokens ?? null),
    ...(isElsewhere(model) && { api_base: model.baseUrl ?? null }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stop !== undefined && { stop }),
    ...(seed !== undefined && { seed }),
    ...(reasoningEffort !== undefined && { reasoning_effort: reasoningEffort }),
    finetuning_model: null,
    launch_kwargs: {},
    train_kwargs: {},
  }
}

/** What the file cannot say of the own model of a step, or DSPy would not take from it. `subject` is the step in quotes. */
export function dspyLmRemarks(model: ModelSpec, subject: string): readonly string[] {
  if (traitsOf(model).local)
    return [
      `${subject} is answered by the ${model.label} here, which DSPy does not have: the file names no model for it. Set one with set_lm.`,
    ]
  const refused = (['temperature', 'max_tokens'] as const).filter(setting => isRefused(setting, model))
  return [
    ...(isElsewhere(model)
      ? [
          `DSPy takes the address ${model.baseUrl} of the model of ${subject} only with load(…, allow_unsafe_lm_state=True). Without it the model is looked for at OpenAI.`,
        ]
      : []),
    ...(refused.length > 0
      ? [
          `DSPy refuses to load "${model.model}" with its ${refused.join(' and ')}, since it takes it for a reasoning model: left out of the file for ${subject}.`,
        ]
      : []),
  ]
}

/** An LM of a state file as a model of the studio, and what of it has no place here, as ends of a sentence. */
export function modelOfDspy(
  lm: JsonObject,
  known: readonly ModelSpec[] = [],
): { readonly model?: ModelSpec; readonly left: readonly string[] } {
  const {
    model: named,
    _dspy_lm_class,
    model_type,
    api_base,
    base_url,
    temperature,
    max_tokens,
    max_completion_tokens,
    top_p,
    stop,
    seed,
    reasoning_effort,
    ...others
  } = lm
  if (typeof named !== 'string' || named === '') return { left: ['names no model'] }
  if (_dspy_lm_class !== undefined && _dspy_lm_class !== lmClass)
    return { left: [`is of the class ${canonicalJson(_dspy_lm_class)}, which only Python can make`] }
  const place = placeOf(named, api_base ?? base_url)
  if (place === undefined)
    return { left: [`"${named}" is reached by a provider of its own, and the studio asks addresses that speak as OpenAI's`] }
  const left: string[] = []
  const taken = (name: string, value: Json | undefined): Json | undefined => {
    if (value === undefined || value === null) return undefined
    if (settingsFit({ [name]: value })) return value
    left.push(`the setting ${name} = ${canonicalJson(value)}`)
    return undefined
  }
  const settings = {
    temperature: taken('temperature', temperature),
    maxTokens: taken('maxTokens', max_tokens ?? max_completion_tokens),
    topP: taken('topP', top_p),
    stop: taken('stop', typeof stop === 'string' ? [stop] : stop),
    seed: taken('seed', seed),
    reasoningEffort: taken('reasoningEffort', reasoning_effort),
  }
  if (model_type !== undefined && model_type !== 'chat') left.push(`the model type ${canonicalJson(model_type)}: it is asked as chat here`)
  for (const [name, value] of Object.entries(others)) {
    if (value === null || canonicalJson(value) === usual[name]) continue
    // Its value may be a key.
    left.push(`the setting ${name}`)
  }
  const sent = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as ModelSpec['settings']
  const same = known.find(
    one =>
      one.provider === 'openai-compatible' &&
      one.model === place.model &&
      one.baseUrl === place.baseUrl &&
      canonicalJson(one.settings) === canonicalJson(sent),
  )
  const id = `dspy-${shortHash([place, sent])}`
  return { model: same ?? { id, label: place.model.slice(0, 200), provider: 'openai-compatible', ...place, settings: sent }, left }
}

const lmClass = 'dspy.clients.lm.LM'
const openAiUrl = 'https://api.openai.com/v1'

/** DSPy finds OpenAI itself, and takes an address from a file only when it is told to trust it. */
function isElsewhere({ baseUrl }: ModelSpec): boolean {
  return baseUrl !== undefined && baseUrl !== openAiUrl
}

/** Whether a model is asked at an address of nobody that the studio knows. */
export function isAtUnknownAddress({ baseUrl }: ModelSpec): boolean {
  return baseUrl !== undefined && !endpointPresets.some(preset => preset.baseUrl === baseUrl)
}

/** What DSPy writes for every LM. */
const usual: Readonly<Record<string, string>> = {
  cache: 'true',
  num_retries: '3',
  launch_kwargs: '{}',
  train_kwargs: '{}',
  use_developer_role: 'false',
}

/** LiteLLM's names of providers that speak as OpenAI does, and whose address is known here. */
const providers: Readonly<Record<string, string>> = {
  openai: 'openai',
  openrouter: 'openrouter',
  groq: 'groq',
  mistral: 'mistral',
  together_ai: 'together',
  fireworks_ai: 'fireworks',
  deepseek: 'deepseek',
  cerebras: 'cerebras',
  huggingface: 'huggingface',
  hosted_vllm: 'vllm',
  lm_studio: 'lm-studio',
}

function placeOf(named: string, address: Json | undefined): { readonly model: string; readonly baseUrl: string } | undefined {
  const slash = named.indexOf('/')
  const provider = slash < 0 ? 'openai' : named.slice(0, slash)
  const model = named.slice(slash + 1)
  const ollama = provider === 'ollama' || provider === 'ollama_chat'
  const preset = endpointPresets.find(
    ({ id }) => id === (ollama ? 'ollama' : Object.hasOwn(providers, provider) ? providers[provider] : undefined),
  )
  if (typeof address !== 'string') return preset && { model, baseUrl: preset.baseUrl }
  if (preset === undefined || model === '' || address.length > 2000) return undefined
  try {
    parseBaseUrl(address)
  } catch {
    return undefined
  }
  // Ollama's own interface lies at its root, the one that speaks as OpenAI's beside it.
  return { model, baseUrl: ollama && !/\/v1\/?$/.test(address) ? `${address.replace(/\/$/, '')}/v1` : address }
}

function settingsFit(settings: Record<string, Json>): boolean {
  return modelSchema.safeParse({ id: 'm', label: 'm', provider: 'openai-compatible', model: 'm', settings }).success
}

/** DSPy's LM refuses these settings for names that it takes for reasoning models of OpenAI. Source: `LM._get_initial_kwargs` of 3.4.1. */
function isRefused(setting: 'temperature' | 'max_tokens', { model, settings: { temperature = 0, maxTokens = 0 } }: ModelSpec): boolean {
  const family = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  if (!/^(?:o[1345](?:-(?:mini|nano|pro))?(?:-\d{4}-\d\d-\d\d)?|gpt-5[.\d]*(?!-chat)(?:-.*)?)$/.test(family)) return false
  return setting === 'temperature' ? temperature !== 0 && temperature !== 1 : maxTokens !== 0 && maxTokens < 16_000
}
