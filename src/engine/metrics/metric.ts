import type { z } from 'zod'
import type { JsonObject } from '@/lib/json'
import type { Example, Values } from '../base/example'
import type { Sandbox } from '../sandbox/sandbox'
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
}

/** A metric bound to its settings. Throws `EngineError` with code `metric-failed`, `sandbox-timeout` or `sandbox-memory`. */
export type Metric = (input: MetricInput) => Promise<Score>

export interface MetricKind<S extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly help: string
  readonly params: S
  /** Names of label columns it reads, so that a missing one is told before a run. */
  labels(params: z.output<S>): readonly string[]
  bind(params: z.output<S>, ports: { readonly sandbox: Sandbox }): Promise<Metric>
}
