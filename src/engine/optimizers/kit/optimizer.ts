import type { z } from 'zod'
import type { JsonObject } from '@/lib/json'
import type { ProgramState, ProgramGraph } from '../../program/program'
import type { RunContext } from './run-context'
import type { CallEstimate, ModelRole, RunEvent, StagePlan } from '../../record/events'

/**
 * Sizes that decide how many calls an optimizer makes. `callsPerRun` is LM requests per program run; where the metric asks a judge, also
 * with those that score it.
 */
export interface OptimizerSizes {
  readonly train: number
  readonly val: number
  readonly predictors: number
  /** Predictors whose instructions, or whose demos, are not locked. */
  readonly openInstructions: number
  readonly openDemos: number
  readonly callsPerRun: number
  /** How many of `callsPerRun` only score the run: they are made once, however many programs answer together. Absent for none. */
  readonly judgeCalls?: number
}

export interface CompileResult {
  readonly state: ProgramState
  /** The graph of another program than the student, which the state belongs to; absent where it is the student's. */
  readonly graph?: ProgramGraph
}

/** The file of a method, as it is loaded. */
export interface OptimizerMethod<P> {
  /**
   * Yields what happened and returns the best state. The driver scores the student first and the result last; neither belongs in here.
   */
  compile(run: RunContext<P>): AsyncGenerator<RunEvent, CompileResult>
}

/** A method's own way with the rows of a run. Pure of its arguments. */
export interface RowSplit<P> {
  rows<T>(params: P, rows: TrainAndVal<readonly T[]>): TrainAndVal<readonly T[]>
  /** How many `rows` gives, without a look at any: an estimate must not grow with the dataset. */
  counts(params: P, counts: TrainAndVal<number>): TrainAndVal<number>
}
export interface TrainAndVal<T> {
  readonly train: T
  readonly val: T
}

export interface SettingsBefore {
  readonly scoringVersion: number
  readonly params: JsonObject
}

/**
 * An optimizer as everything but a compile knows it: what it is, what it needs and what it costs. Its method is a file of its own beside
 * it, which is loaded when a compile begins.
 */
export interface OptimizerKind<S extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  /** DSPy's class name. */
  readonly dspyName: string
  readonly help: string
  readonly paper?: string
  /** Keys are DSPy's parameter names; defaults are DSPy's. `.meta({ title, help })` on each. */
  readonly params: S
  /** Settings that runs begun before that `scoringVersion` were compiled with, where they are not the defaults of now. */
  readonly before?: readonly SettingsBefore[]
  readonly needs: { readonly trainset: number; readonly valset: number; readonly metric: boolean }
  /** Whose models it asks with these parameters, beside the task LM, which runs the program in every compile. */
  roles(params: z.output<S>): readonly Exclude<ModelRole, 'task'>[]
  /**
   * Deals the rows of a run again where the method says so (a sample of the valset, a share of the trainset). Baseline, search and final
   * evaluation all use what it gives. Without it, an empty valset means that the trainset stands in.
   */
  readonly split?: RowSplit<z.output<S>>
  /** Why a run cannot start with these parameters and this much data, in a sentence that says what to do. */
  problem?(params: z.output<S>, sizes: OptimizerSizes): string | undefined
  /** LM requests of `compile` alone (dspy-spec §6.19), without the baseline and the final evaluation. */
  estimate(params: z.output<S>, sizes: OptimizerSizes): readonly CallEstimate[]
  stages(params: z.output<S>, sizes: OptimizerSizes): readonly StagePlan[]
  /** Throws `storage-failed` where the file of the method does not come; the next call tries again. */
  load(): Promise<OptimizerMethod<z.output<S>>>
}

/** Ties the type of `params` to the generator's context, then forgets it for the registry. */
export function defineOptimizer<S extends z.ZodObject>(kind: OptimizerKind<S>): OptimizerKind<S> {
  return kind
}
