import type { Values } from '../data/example'
import type { ErrorJson } from '../errors'
import type { NodeId, PredictorId } from '../graph/program'
import type { CallKey, Finish, Usage } from '../lm/lm'

/** One request of a predictor: the first, or a fallback in another format after an answer that could not be read. */
export interface SpanCall {
  readonly key: CallKey
  /** `chat`, `json-schema`, `json-object`: which adapter and format asked. */
  readonly format: string
  readonly model: string
  readonly cached: boolean
  readonly attempts: number
  /** How many of `attempts` failed before the answer, or all of them where none came. */
  readonly failedAttempts?: number
  readonly usage: Usage
  readonly ms: number
  /** How the answer ended; absent means by itself. */
  readonly finish?: Exclude<Finish, 'stop'>
  readonly error?: ErrorJson
}

/** One step of one rollout. `calls` is empty for code nodes. */
export interface Span {
  readonly node: NodeId
  readonly predictor?: PredictorId
  readonly name: string
  readonly inputs: Values
  readonly outputs?: Values
  readonly calls: readonly SpanCall[]
  readonly ms: number
  readonly error?: ErrorJson
}
export type Trace = readonly Span[]

/** What a program returned for one row, with the steps that led to it. */
export interface Prediction {
  readonly values: Values
  readonly trace: Trace
}
