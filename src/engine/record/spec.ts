import type { JsonObject } from '@/lib/json'
import type { ModelId, ProgramGraph, ProgramState } from '../program/program'
import type { ModelSpec } from '../lm/lm'
import type { Budget } from '../lm/spend'
import type { ModelFacts } from '../lm/refusable'
import type { MetricSpec } from '../metrics/metric'

export type RunKind = 'row' | 'evaluate' | 'compile'
export type SplitName = 'train' | 'val' | 'test' | 'all'

/** Examples are stored once, under the hash of their canonical JSON, so that a run keeps the data it ran on. */
export interface ExampleSetRef {
  readonly hash: string
  readonly count: number
}

export interface RunModels {
  readonly task: ModelSpec
  readonly prompt: ModelSpec
  readonly teacher?: ModelSpec
  /** Reads traces and feedback; the prompt model where it is absent. */
  readonly reflection?: ModelSpec
  /** Grades answers for a metric that asks a model; the prompt model where it is absent. */
  readonly judge?: ModelSpec
  /** Turns texts into vectors, for optimizers that pick demos by likeness. */
  readonly embedding?: ModelSpec
  /** Models that single predictors name in their state, as their own or as their embedder. */
  readonly overrides: Readonly<Record<ModelId, ModelSpec>>
}

/** Everything that decides what a run does. Plain JSON, frozen before the start. */
export interface RunSpec {
  readonly schemaVersion: 1
  readonly engineVersion: string
  readonly kind: RunKind
  readonly title: string
  readonly graph: ProgramGraph
  readonly state: ProgramState
  /** Absent for a run of one row without a metric. */
  readonly metric?: MetricSpec
  readonly optimizer?: { readonly id: string; readonly params: JsonObject }
  readonly models: RunModels
  readonly data: { readonly split: SplitName | 'row'; readonly train: ExampleSetRef; readonly val: ExampleSetRef }
  readonly seed: number
  readonly concurrency: number
  /** Rows that may fail before the run ends with `too-many-errors`. */
  readonly maxErrors: number
  readonly budget: Budget
  /** How calls are keyed; absent in runs begun before keys named the endpoint, which keep the keys they have. */
  readonly callKeys?: CallKeys
  /** What was known of the models when the run began. Absent for nothing. */
  readonly facts?: readonly ModelFacts[]
}

/** Keys that name the endpoint. */
export interface CallKeys {
  readonly version: 2
  /** Endpoints that have moved since the run began, by where they are now: its keys go on naming the old place. */
  readonly moved?: Readonly<Record<string, string>>
}
