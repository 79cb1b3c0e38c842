import type { z } from 'zod'
import type { JsonObject } from '@/lib/json'
import type { Example, Values } from '../base/example'
import type { CallRange } from '../lm/call-range'
import type { Sandbox } from '../sandbox/sandbox'
import type { Signature } from '../signature/signature'
import type { Trace } from '../trace/span'

/** Which metric, with its settings. A weighted sum holds further specs in its params. */
export interface MetricSpec {
  readonly kind: string
  readonly params: JsonObject
}

/** `value` lies in 0–1; `feedback` is text for reflection; `parts` are the scores a weighted sum is made of. */
export interface Score {
  readonly value: number
  readonly feedback?: string
  readonly parts?: Readonly<Record<string, number>>
}

export interface MetricInput {
  readonly example: Example
  readonly prediction: Values
  /** Present while demos are bootstrapped, as in DSPy; absent in an evaluation. */
  readonly trace?: Trace
  /** What the program did on the way, in every run: for metrics that read it without taking it for a sign of bootstrapping. */
  readonly steps?: Trace
  /** Asks the judge LM of the run; absent where a metric has no run around it. */
  readonly ask?: AskJudge
}

/**
 * Asks the judge LM for the outputs of a signature. The call is keyed, cached, capped, counted and recorded like those of the program,
 * and stands in the row's trace. Another `sample` is another answer to the same question. Throws as `predict` does.
 */
export type AskJudge = (signature: Signature, inputs: Values, options?: { readonly sample?: number }) => Promise<Values>

/**
 * A metric bound to its settings. Throws `EngineError` with code `metric-failed`, `sandbox-timeout` or `sandbox-memory`, for which the row
 * counts as 0; and `judge-failed`, or what the way to the model throws, for which it has no score.
 */
export type Metric = (input: MetricInput) => Promise<Score>

export interface MetricKind<S extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly help: string
  readonly params: S
  /** Names of label columns it reads, so that a missing one is told before a run. */
  labels(params: z.output<S>): readonly string[]
  /** Calls to the judge LM for one scored row, a second try at an unreadable answer not counted; absent for a metric that asks no model. */
  judgeCalls?(params: z.output<S>): CallRange
  bind(params: z.output<S>, ports: { readonly sandbox: Sandbox }): Promise<Metric>
}
