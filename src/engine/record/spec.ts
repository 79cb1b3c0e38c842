import type { JsonObject } from '@/lib/json'
import type { ModelId, ProgramGraph, ProgramState } from '../program/program'
import type { ModelSpec } from '../lm/lm'
import type { Budget } from '../lm/spend'
import type { ModelFacts } from '../lm/refusable'
import { splits } from '../data/split'
import type { StreamedFields } from '../graph/execute-context'
import type { MetricSpec } from '../metrics/metric'

export const runKinds = ['row', 'evaluate', 'compile'] as const
export type RunKind = (typeof runKinds)[number]

export const splitNames = [...splits, 'all'] as const
export type SplitName = (typeof splitNames)[number]

/** The shape of a spec, and how the calls of a new run are keyed. */
export const runSpecVersion = 1
export const callKeysVersion = 2
/**
 * What the settings of a metric or an optimizer mean that a run does not give: what they start from now. Since 2 texts are compared with
 * care, since 3 labelled demos are drawn from all rows.
 */
export const scoringVersion = 3
export const scoringVersions = [2, scoringVersion] as const

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
  /** Reads the outputs out of answers in plain words; whoever wrote an answer reads it where it is absent. */
  readonly extraction?: ModelSpec
  /** Turns texts into vectors, for optimizers that pick demos by similarity. */
  readonly embedding?: ModelSpec
  /** Models that single predictors name in their state, as their own or as their embedder. */
  readonly overrides: Readonly<Record<ModelId, ModelSpec>>
}

/** Everything that decides what a run does. Plain JSON, frozen before the start. */
export interface RunSpec {
  readonly schemaVersion: typeof runSpecVersion
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
  /** Failed rows at which a batch ends the run with `too-many-errors`, or a share of its rows where that is more. */
  readonly maxErrors: number
  /** From 0 to 1. Absent in runs begun before: only the number counts. */
  readonly maxErrorShare?: number
  readonly budget: Budget
  /** How calls are keyed; absent in runs begun before keys named the endpoint, which keep the keys they have. */
  readonly callKeys?: CallKeys
  /** Absent in runs begun before texts were compared with care: those keep the rules they were begun with. */
  readonly scoring?: { readonly version: (typeof scoringVersions)[number] }
  /** What was known of the models when the run began. Absent for nothing. */
  readonly facts?: readonly ModelFacts[]
  /** Under which name the calls of its tools are kept, where runs share their answers. Absent where a run has a store of its own. */
  readonly toolCalls?: { readonly run: string }
  /** Which outputs are shown while their answers are written: of a run of one row. Absent for none; the answers are the same. */
  readonly stream?: { readonly fields: StreamedFields }
}

/** Keys that name the endpoint. */
export interface CallKeys {
  readonly version: typeof callKeysVersion
  /** Endpoints that have moved since the run began, by where they are now: its keys go on naming the old place. */
  readonly moved?: Readonly<Record<string, string>>
  /** A name that no other run has: its requests find none of the answers kept for others. Absent where kept answers count. */
  readonly fresh?: string
}
