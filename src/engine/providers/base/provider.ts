import type { Lm, ModelSpec, ProviderId } from '../../lm/lm'

/** A way to reach models: what the rest of the studio asks instead of its name. `connectors.ts` says how each is reached. */
export interface ProviderKind {
  readonly id: ProviderId
  readonly title: string
  readonly help: string
  readonly needsKey: 'never' | 'depends'
  readonly corsNote?: string
  readonly presets: readonly EndpointPreset[]
  readonly traits: ProviderTraits
  /** What its models are asked in until one refuses it. */
  readonly capabilities: Lm['capabilities']
  /** What a new model of it starts from. */
  readonly blank: Pick<ModelSpec, 'provider' | 'label' | 'model' | 'baseUrl'>
  /** Its only model, where there is nothing to choose. */
  readonly only?: ModelSpec
  /** Where a model is, written the same way however a user wrote the address; undefined where it is nowhere else, or nowhere at all. */
  endpointOf(model: Pick<ModelSpec, 'baseUrl'>): string | undefined
}

export interface ProviderTraits {
  /** Its answers cost nothing: no price is asked for and nothing is noted down as spent. */
  readonly free: boolean
  /** Computed on this machine by the studio itself, one answer at a time. */
  readonly local: boolean
  /** False for what only imitates a language model. */
  readonly isLanguageModel: boolean
  /** Reached at an address of its own, under a model name. */
  readonly addressed: boolean
  readonly runsOn: 'worker' | 'page'
  /** May turn texts into vectors. */
  readonly embeds: boolean
  readonly streams: boolean
  readonly batch: boolean
  readonly tools: boolean
  /** May be asked for an answer by JSON schema. */
  readonly schema: boolean
}

/** An address to start from. `note` tells what the provider needs before a web page may call it. */
export interface EndpointPreset {
  readonly id: string
  readonly title: string
  readonly baseUrl: string
  readonly needsKey: boolean
  readonly isLocal: boolean
  /** Where a key is made; absent for local servers. */
  readonly keyUrl?: string
  readonly note?: string
}
