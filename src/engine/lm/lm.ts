import type { Json, JsonObject } from '@/lib/json'
import type { ModelId, PredictorId } from '../program/program'
import type { RefusablePart } from './refusable'

export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** Sampling settings; what is absent is not sent. */
export interface LmSettings {
  readonly temperature?: number
  readonly maxTokens?: number
  readonly topP?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly reasoningEffort?: 'minimal' | 'low' | 'medium' | 'high'
}

export type ResponseFormat =
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly name: string; readonly schema: JsonObject }

export interface LmRequest {
  readonly model: string
  readonly messages: readonly Message[]
  readonly settings: LmSettings
  readonly responseFormat?: ResponseFormat
  /** Present: the messages are texts whose vectors are wanted, and the answer holds one for each (see `vectors.ts`). */
  readonly task?: 'embed'
  /** Where it goes, as `endpointOf` names it: part of the key. Absent in requests of runs begun before keys named it. */
  readonly endpoint?: string
}

/** Tokens of one request as the provider counted them. `estimated` is true where it did not say. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens?: number
  readonly reasoningTokens?: number
  readonly estimated?: boolean
}

/** Bytes that are kept once and named by their sha-256. */
export interface BlobRef {
  readonly $blob: string
  readonly mime: string
  readonly bytes: number
}

/** What an answer is made of, in the order it came. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly args: Json }
  | { readonly type: 'tool-result'; readonly id: string; readonly value: Json }
  | { readonly type: 'blob'; readonly ref: BlobRef }

/** How an answer ended: by itself, at the limit of tokens, to call tools, stopped by a filter, or by a failure of the provider. */
export type Finish = 'stop' | 'length' | 'tool-calls' | 'filter' | 'error'

/** What a model said, read once: nothing after this looks for thoughts in `text` or asks why the answer ended. */
export interface LmAnswer {
  /** What the model answers, without its thoughts: all that adapters, metrics and optimizers see. */
  readonly text: string
  /** Absent where `text` is all there is. */
  readonly parts?: readonly Part[]
  readonly finish: Finish
}

export interface LmResponse extends LmAnswer {
  readonly usage: Usage
  /** Milliseconds from sending to the whole answer. */
  readonly ms: number
  /** True when the answer came from the call cache: nothing was paid. */
  readonly cached: boolean
  /** Requests sent to the provider for this answer, failed attempts included; 0 when cached. */
  readonly attempts: number
  /** How many of `attempts` failed; absent means none. */
  readonly failedAttempts?: number
  /** US dollars that this caller paid for it; absent where it is cached or its price unknown. */
  readonly cost?: number
}

export type CallKey = string
export type CallPurpose = 'row' | 'evaluate' | 'bootstrap' | 'propose' | 'trial' | 'judge' | 'embed' | 'test-connection'

/** What surrounds a request but is not part of it, except `rollout`, which is in the cache key. */
export interface LmCall {
  readonly signal: AbortSignal
  /** Which of several samples of the same request; 0 unless one asks for another. */
  readonly rollout: number
  readonly purpose: CallPurpose
  readonly predictor?: PredictorId
  /** Told when the call has to wait for the provider. */
  readonly onWait?: (wait: LmWait) => void
  /** A place in `Lm.queue` already taken; without it `generate` takes one itself. */
  readonly slot?: LmSlot
  /** What the model is known not to take: the provider writes the request without it. */
  readonly refused?: readonly RefusablePart[]
}

/** `until` is milliseconds since 1970; `reason` is a sentence for the user. */
export interface LmWait {
  readonly until: number
  readonly reason: string
}

/**
 * The queue in front of an endpoint, shared by all runs. The stack enters it before it decides on pause and budget, so that
 * both are decided at the moment a request leaves and not when it lined up.
 */
export interface LmQueue {
  /** Requests that may be under way at once as things stand; absent for as many as want to. */
  readonly limit?: number
  enter(request: LmRequest, call: LmCall): Promise<LmSlot>
}
export interface LmSlot {
  leave(outcome: SlotOutcome): void
}
export type SlotOutcome =
  | { readonly kind: 'answered'; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'unused' }

/** Something that answers chat requests, and requests for embeddings where its model makes them. Every layer of the stack (cache, limiter, retry) has this shape. */
export interface Lm {
  /** Which settings the model takes; adapters look here before they ask for a response format. */
  readonly capabilities: { readonly responseFormats: readonly ResponseFormat['type'][] }
  /** Present where calls share a limit. */
  readonly queue?: LmQueue
  /** The endpoint that the keys of its calls name; absent where they name none. See `addressedTo`. */
  readonly endpoint?: string
  /** Which of the run's models it is: what its calls are priced by and recorded under. */
  readonly entry?: ModelId
  generate(request: LmRequest, call: LmCall): Promise<LmResponse>
}

export const providerIds = ['sandbox', 'openai-compatible'] as const
export type ProviderId = (typeof providerIds)[number]

/** US dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
}

/** A model a user has set up. Carries no key: keys live with their origin in a store of their own. */
export interface ModelSpec {
  readonly id: ModelId
  readonly label: string
  readonly provider: ProviderId
  readonly model: string
  /** Absent for the embedded Sandbox. */
  readonly baseUrl?: string
  readonly settings: LmSettings
  /** Absent means "price unknown", never zero. */
  readonly price?: Price
  readonly limits?: { readonly concurrency?: number; readonly requestsPerMinute?: number; readonly tokensPerMinute?: number }
}
