import type { Values } from '../base/example'
import type { ErrorJson } from '../base/errors'
import type { Evidences } from '../signature/decisions/decision'
import type { ModelId, PredictorId, StepPath } from '../program/program'
import type { CallKey, Finish, Usage } from '../lm/lm'

/** One request of a predictor: the first, or a fallback in another format after an answer that could not be read. */
export interface SpanCall {
  readonly key: CallKey
  /** `chat`, `json-schema`, `json-object`: which adapter and format asked. */
  readonly format: string
  /** Present where an answer before could not be read and this one was asked for in JSON; absent in traces of older versions. */
  readonly again?: true
  /** Present where it reads the outputs out of the answer before it, which is in plain words. */
  readonly reads?: true
  readonly model: string
  /** Which of the run's models that is; absent in traces of older versions. */
  readonly entry?: ModelId
  readonly cached: boolean
  readonly attempts: number
  /** How many of `attempts` failed before the answer, or all of them where none came. */
  readonly failedAttempts?: number
  readonly usage: Usage
  /** US dollars, where it was paid and its price known; absent in traces of older versions, too. */
  readonly cost?: number
  readonly ms: number
  /** How the answer ended; absent means by itself. */
  readonly finish?: Exclude<Finish, 'stop'>
  readonly error?: ErrorJson
  /** What the answer says of the outputs that are decided by probabilities: what another threshold would decide follows from it. */
  readonly evidence?: Evidences
  /** It was given up while its answer came: `usage` is what is known of that. */
  readonly cut?: true
}

/** Why a step ended at a bound rather than by itself. */
export type StopReason = 'max-iterations' | 'max-attempts' | 'unreadable-step' | 'context-length' | 'no-tool-call'

/**
 * One piece of work of one rollout: a step of the program, or what a step did on its way. A trace is a flat list in which parents
 * come before their children; `id` is the path, the same for the same work in every run.
 */
export interface Span {
  /** Absent in traces of before there were trees: the span of a node, whose id is the node's. */
  readonly id?: string
  readonly parent?: string
  /**
   * `node` where it is absent. An `attempt` groups the work of one try, a `body` what a program within a step did; `score` is what a metric
   * asked a model.
   */
  readonly kind?: 'node' | 'predict' | 'tool' | 'attempt' | 'body' | 'score'
  /** The step it belongs to. */
  readonly node: StepPath
  readonly predictor?: PredictorId
  readonly name: string
  readonly inputs: Values
  readonly outputs?: Values
  /** Empty for work that asks no model. */
  readonly calls: readonly SpanCall[]
  readonly ms: number
  readonly error?: ErrorJson
  /** What an attempt was worth to its reward function, in the function's own scale. */
  readonly reward?: number
  /** True for the work of an attempt that another one beat: shown, but nothing is learned from it. */
  readonly discarded?: true
  readonly stopped?: StopReason
  /** True for a step that did not run, since a branch went another way. It has no inputs and no outputs. */
  readonly notTaken?: true
}
export type Trace = readonly Span[]

/** What a program returned for one row, with the steps that led to it. */
export interface Prediction {
  readonly values: Values
  readonly trace: Trace
}

/** What a predictor did in the work that counts, in the order it was asked: what optimizers learn from. */
export function spansOf(trace: Trace, predictor: PredictorId): readonly Span[] {
  return trace.filter(span => span.predictor === predictor && span.discarded !== true)
}
