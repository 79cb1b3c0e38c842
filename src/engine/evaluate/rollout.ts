import type { ExampleId, Values } from '../base/example'
import type { ErrorJson } from '../base/errors'
import type { Trace } from '../trace/span'

/** One program run on one example, with its score. */
export interface Rollout {
  readonly exampleId: ExampleId
  readonly prediction?: Values
  readonly trace: Trace
  /** 0–1. Null when the row has no score, so that it is left out of the mean: the way to the model failed, or the judge gave none. */
  readonly score: number | null
  readonly feedback?: string
  readonly parts?: Readonly<Record<string, number>>
  /** Set for failures of the way to the model and of the judge (score null) and for failures of the program or metric (score 0). */
  readonly error?: ErrorJson
  readonly ms: number
}

/** Mean of the scored rows with its 95 % interval. All of `mean`, `low`, `high` lie in 0–1. */
export interface ScoreSummary {
  readonly mean: number
  readonly low: number
  readonly high: number
  /** Rows with a score. */
  readonly count: number
  /** Rows scored 0 because the program or the metric failed on them. */
  readonly errors: number
  /** Rows without a score, left out of the mean. */
  readonly unscored: number
}

/** Gain of one candidate over another on the same rows: mean difference with its paired 95 % interval. */
export interface PairedGain {
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly count: number
  readonly fixed: number
  readonly broken: number
  readonly same: number
}
