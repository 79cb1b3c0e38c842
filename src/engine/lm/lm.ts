import type { JsonObject } from '@/lib/json'
import type { EngineError } from '../base/errors'
import type { ModelId, PredictorId } from '../program/program'
import type { Message, Part } from './parts'
import type { RefusablePart } from './refusable'
import type { Vectors } from './vectors'

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

/** A tool as a request offers it: `parameters` is the JSON schema of its arguments. */
export interface ToolOffer {
  readonly name: string
  readonly description: string
  readonly parameters: JsonObject
}

interface Addressed {
  readonly model: string
  /** Where it goes, as `endpointOf` names it: part of the key. Absent in requests of runs begun before keys named it. */
  readonly endpoint?: string
}

/** Asks for words. */
export interface ChatRequest extends Addressed {
  /** Absent means chat: most requests are, and those on record say nothing. */
  readonly kind?: 'chat'
  readonly messages: readonly Message[]
  readonly settings: LmSettings
  readonly responseFormat?: ResponseFormat
  /** What the model may call. Its calls come as parts of the answer. */
  readonly tools?: readonly ToolOffer[]
  /** The tool that it has to call; absent where the choice is its own. */
  readonly toolChoice?: string
}

/** Asks for the vector of each text. Sampling settings mean nothing to it, so it has none. */
export interface EmbedRequest extends Addressed {
  readonly kind: 'embed'
  readonly texts: readonly string[]
}

export type LmRequest = ChatRequest | EmbedRequest

/** Tokens of one request as the provider counted them. `estimated` is true where it did not say. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cachedInputTokens?: number
  readonly reasoningTokens?: number
  readonly estimated?: boolean
}

/** How an answer ended: by itself, at the limit of tokens, to call tools, stopped by a filter, or by a failure of the provider. */
export type Finish = 'stop' | 'length' | 'tool-calls' | 'filter' | 'error'

/** What a model said, read once: nothing after this looks for thoughts in `text` or asks why the answer ended. */
export interface LmAnswer {
  /** What the model answers, without its thoughts: all that adapters, metrics and optimizers see. Empty where vectors were asked for. */
  readonly text: string
  /** Absent where `text` is all there is. */
  readonly parts?: readonly Part[]
  /** What an `EmbedRequest` is answered with, and nothing else is. */
  readonly vectors?: Vectors
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

/**
 * What came of an answer while it is written: `begin` when one begins, and what came of an earlier one does not count; then words of the answer
 * and of the thoughts that the provider keeps apart.
 */
export type LmDelta = { readonly type: 'begin' } | { readonly type: 'text' | 'reasoning'; readonly text: string }

/** What surrounds a request but is not part of it, except `rollout`, which is in the cache key. */
export interface LmCall {
  readonly signal: AbortSignal
  /** Which of several samples of the same request; 0 unless one asks for another. */
  readonly rollout: number
  readonly purpose: CallPurpose
  readonly predictor?: PredictorId
  /** Told when the call has to wait for the provider. */
  readonly onWait?: (wait: LmWait) => void
  /** To be called when an answer begins, which may still not come to its end. */
  readonly onBegin?: () => void
  /**
   * Asks for the answer in pieces, where the provider can: told of each as it comes. The answer is the same, whole and in the end; one from
   * the cache comes in no pieces.
   */
  readonly onDelta?: (delta: LmDelta) => void
  /** A place in `Lm.queue` already taken; without it `generate` takes one itself. */
  readonly slot?: LmSlot
  /** True where somebody waits for the answer: such a call never waits for the end of an outage, but fails and says why. */
  readonly isImpatient?: boolean
  /** What the model is known not to take: the provider writes the request without it. */
  readonly refused?: readonly RefusablePart[]
}

/** `until` is a moment of the engine's clock; whoever shows it makes a date of it. `reason` is a sentence for the user. */
export interface LmWait {
  readonly until: number
  readonly reason: string
  /** Set where nothing gets through to the endpoint, and once more when something does. */
  readonly outage?: 'lasts' | 'over'
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

/**
 * The way to one endpoint, shared by all models and runs that go there. A request that gets no answer says nothing about its row where
 * nothing else gets an answer either: then the line is down, and everybody waits until a knock is heard and one request, sent ahead, gets
 * through. See `docs/decisions/2026-11-30-an-outage-belongs-to-the-endpoint.md`.
 */
export interface LmLine {
  readonly host: string
  /** How often a request got through: two equal readings say that none did between them. */
  readonly lives: number
  /** Set while nothing gets through. */
  readonly outage: Outage | undefined
  /** What the line said last when it came back, for those who had to wait. */
  readonly restored: LmWait | undefined
  /** What those who waited are told when an endpoint that never answered has had its time: another error each time. */
  readonly unreachable: EngineError | undefined
  /** What a request has to wait for; undefined when it may leave now. Knocks when it is time to. */
  wait(): LmWait | undefined
  /** A request leaves; the returned function is to be called with what came of it. */
  leave(): (outcome: SlotOutcome) => void
  /** Notes that a request of this call got no answer in the outage; returns how many calls that is true of. */
  fell(call: object): number
  /** Gives one request up for the outage: true for the first one since anything got through. */
  giveUpOne(): boolean
  /** Calls back at each change that may let requests leave. */
  onChange(listener: () => void): void
}

export interface Outage {
  /** The moment of the clock when the first request left that got no answer. */
  readonly since: number
  /** What it began with. */
  readonly error: EngineError
  /** What came of the last knock. A server that opens the door and still answers no request leaves it open whose fault it is. */
  readonly knock: 'none yet' | 'heard' | 'silent'
}

/** Reads the answers of a run. One that ended an attempt at it is not read again. */
export interface AnswerReading {
  read<T>(answer: { readonly key: CallKey; readonly text: string }, read: () => T): Promise<T>
}

/** Something that answers chat requests, and requests for embeddings where its model makes them. Every layer of the stack (cache, limiter, retry) has this shape. */
export interface Lm {
  /** Which settings the model takes; adapters look here before they ask for a response format. `tools`: it may be offered tools. */
  readonly capabilities: { readonly responseFormats: readonly ResponseFormat['type'][]; readonly tools?: boolean }
  /** Present where calls share a limit. */
  readonly queue?: LmQueue
  /** Present where it is reached over a network. */
  readonly line?: LmLine
  /** The endpoint that the keys of its calls name; absent where they name none. See `addressedTo`. */
  readonly endpoint?: string
  /** Which of the run's models it is: what its calls are priced by and recorded under. */
  readonly entry?: ModelId
  /** Present where answers are read for a run. */
  readonly reading?: AnswerReading
  generate(request: LmRequest, call: LmCall): Promise<LmResponse>
}

const providerIds = ['sandbox', 'openai-compatible'] as const
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
