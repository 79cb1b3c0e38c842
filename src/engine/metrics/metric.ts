import type { z } from 'zod'
import type { Json, JsonObject } from '@/lib/json'
import type { Example, Values } from '../base/example'
import type { CallRange } from '../lm/call-range'
import type { CodeRunner } from '../user-code/code-runner'
import type { FieldType } from '../signature/types/field-type'
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
  /** Outputs of the program that have no value, since a branch went another way: they count as answered with nothing. */
  readonly absent?: readonly string[]
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
  /** Settings, drawn as a form. One with a `widget` has a control of its own: `textarea`, `code`, `metrics` (a weighted list). */
  readonly params: S
  /** Settings a new metric of this kind starts from, where they are more than the name of an output; `outputs` has at least one. */
  starter?(outputs: readonly string[]): JsonObject
  /**
   * Whether it explains its scores in words of its own. Absent for a metric that only repeats the label, which demos show as well.
   */
  givesFeedback?(params: z.output<S>): boolean
  /** The metrics it is made of, also where its settings are not complete yet; absent for a metric that stands alone. */
  parts?(params: JsonObject): readonly MetricSpec[]
  /** Names of label columns it reads, so that a missing one is told before a run. */
  labels(params: z.output<S>): readonly string[]
  /**
   * For a metric of one output ("field"): whether an answer of the output's type could score more than 0 against a label. Never false where
   * one could. Absent where nobody can tell before a run.
   */
  reach?(params: z.output<S>, type: FieldType | undefined): (label: Json) => boolean
  /** Calls to the judge LM for one scored row, a second try at an unreadable answer not counted; absent for a metric that asks no model. */
  judgeCalls?(params: z.output<S>): CallRange
  /** Settings that runs begun before the kind had them were scored with, where that is not what a new metric starts from. */
  readonly before?: JsonObject
  bind(params: z.output<S>, ports: MetricPorts): Promise<Metric>
}

export interface MetricPorts {
  readonly runner: CodeRunner
  /** The type of an output of the program; undefined for one it does not have. Without it, options of a Literal are compared as text. */
  readonly typeOf?: (output: string) => FieldType | undefined
}
