import type { z } from 'zod'
import type { ProgramState } from '../program/program'
import type { RunContext } from './run-context'
import type { CallEstimate, ModelRole, RunEvent, StagePlan } from '../record/events'

/** Sizes that decide how many calls an optimizer makes. `callsPerRun` is LM requests per program run. */
export interface OptimizerSizes {
  readonly train: number
  readonly val: number
  readonly predictors: number
  /** Predictors whose instructions, or whose demos, are not locked. */
  readonly openInstructions: number
  readonly openDemos: number
  readonly callsPerRun: number
}

export interface CompileResult {
  readonly state: ProgramState
}

/**
 * An optimizer: one file, one async generator that yields what happened and returns the best state. The driver scores the
 * student first and the result last; neither belongs in `compile`.
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
  readonly needs: { readonly trainset: number; readonly valset: number; readonly metric: boolean }
  /** Whose models it asks with these parameters, beside the task LM, which runs the program in every compile. */
  roles(params: z.output<S>): readonly Exclude<ModelRole, 'task'>[]
  /**
   * Deals the rows of a run anew where the method says so (a sample of the valset, a share of the trainset). Pure of its arguments;
   * baseline, search and final evaluation all use what it returns. Without it, an empty valset means that the trainset stands in.
   */
  split?<T>(
    params: z.output<S>,
    rows: { readonly train: readonly T[]; readonly val: readonly T[] },
  ): { readonly train: readonly T[]; readonly val: readonly T[] }
  /** Why a run cannot start with these parameters and this much data, in a sentence that says what to do. */
  problem?(params: z.output<S>, sizes: OptimizerSizes): string | undefined
  /** LM requests of `compile` alone (dspy-spec §6.19), without the baseline and the final evaluation. */
  estimate(params: z.output<S>, sizes: OptimizerSizes): readonly CallEstimate[]
  stages(params: z.output<S>, sizes: OptimizerSizes): readonly StagePlan[]
  compile(run: RunContext<z.output<S>>): AsyncGenerator<RunEvent, CompileResult>
}

/** Ties the type of `params` to the generator's context, then forgets it for the registry. */
export function defineOptimizer<S extends z.ZodObject>(kind: OptimizerKind<S>): OptimizerKind<S> {
  return kind
}
