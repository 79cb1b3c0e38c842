import type { Rng } from '@/lib/rng'
import type { Example, Values } from '../../base/example'
import type { Rollout } from '../../evaluate/rollout'
import type { Demo, ModelId, PredictorId, Program, ProgramState, ProgramGraph } from '../../program/program'
import type { CallKey, CallPurpose } from '../../lm/lm'
import type { Message } from '../../lm/parts'
import type { Signature } from '../../signature/signature'
import type { ModelRole, RunEvent } from '../../record/events'
import type { CandidateId } from '../../program/program'

export interface RolloutOptions {
  readonly purpose: CallPurpose
  /** Which sample of each request; part of the cache key. 0 by default. */
  readonly rollout?: number
  /** `teacher` runs with the teacher's model where one is set. */
  readonly role?: 'task' | 'teacher'
  /** Overrides the model's temperature for these rollouts. */
  readonly temperature?: number
  /** True hands the trace to the metric, as DSPy does while bootstrapping. */
  readonly traceToMetric?: boolean
  /** Another state for single rows (a teacher without the demo made of that very row). They still count under the batch's state. */
  readonly stateFor?: (example: Example) => ProgramState
  /** Rows of this batch that may fail before the run ends; the run's own number by default. */
  readonly maxErrors?: number
  /** True: only failures of the way to the model count as errors. A program that fails scores 0, which is what its candidate deserves. */
  readonly isOnTrial?: boolean
}

export interface AskOptions {
  readonly purpose: 'propose'
  /** Whose model answers; `prompt` by default. `reflection` is the prompt model where no other is set. */
  readonly role?: Exclude<ModelRole, 'judge' | 'extraction' | 'embedding'>
  /** The predictor it is about, for the record. */
  readonly predictor?: PredictorId
  readonly temperature?: number
  /** Which sample of the same request; 0 by default. */
  readonly rollout?: number
  readonly demos?: readonly Demo[]
  /**
   * True: the optimizer goes on without this answer. The failure then belongs to the run and a replay repeats it; otherwise
   * a failed way to the model has to end the run, and a resumed one asks again.
   */
  readonly mayFail?: boolean
}

/** An answer outside of the program, and the call that gave it: prompt and completion are stored under its key. */
export interface Asked {
  readonly values: Values
  readonly call: CallKey
}

/** What a candidate did on some rows. `mean` is over the rows that have a score; 0 when none has. */
export interface Trial {
  readonly rollouts: readonly Rollout[]
  readonly scores: readonly (number | null)[]
  readonly mean: number
}

/** The one object an optimizer sees. It does no I/O; everything it asks for is cached, counted and capped around it. */
export interface RunContext<P> {
  readonly params: P
  /** Never mutated. */
  readonly student: Program
  /** Rows to learn from, and rows to choose by: what the optimizer's own `split` made of the run's rows, where it has one. */
  readonly trainset: readonly Example[]
  readonly valset: readonly Example[]
  /** How many rows the run had in each split before that. */
  readonly given: { readonly train: number; readonly val: number }
  readonly seed: number
  readonly signal: AbortSignal
  /** The run's embedding model, where one is chosen. */
  readonly embedder?: ModelId
  /** Rows that may fail in one batch before the run ends with `too-many-errors`. */
  readonly maxErrors: number
  /** A fresh generator with Python's `random.Random(seed)` stream. */
  random(seed: number | string): Rng
  /** `graph` is the student's, here and below, where another program is not said. */
  candidateId(state: ProgramState, graph?: ProgramGraph): CandidateId
  /** Runs and scores concurrently; results come in the order of `examples`. Throws when stopped, cancelled or capped. */
  rollouts(state: ProgramState, examples: readonly Example[], options: RolloutOptions): Promise<readonly Rollout[]>
  /** Scores a candidate on the whole valset and yields its `fullset-score`. The same state is scored once a run. */
  evaluate(state: ProgramState, graph?: ProgramGraph): AsyncGenerator<RunEvent, number>
  /** Scores of a candidate that `evaluate` saw, in the order of `valset`. */
  fullScores(candidate: CandidateId): readonly (number | null)[] | undefined
  /** Scores a candidate on some rows and yields its `minibatch-score`. Propose the candidate before. */
  trial(state: ProgramState, examples: readonly Example[], options?: Partial<RolloutOptions>): AsyncGenerator<RunEvent, Trial>
  /**
   * Asks a model for the outputs of a signature that is no step of the program: once, and again in JSON where the answer cannot
   * be read. Throws `adapter-parse` with the text in its facts, `lm-context-length` and the other refusals of this one request,
   * which may be caught; failures of the way to the model end the run unless `mayFail` is set.
   */
  ask(signature: Signature, inputs: Values, options: AskOptions): Promise<Asked>
  /**
   * Gets the vectors of every pool of demos that a state picks from by embeddings. Whoever proposes such a state calls this before: a
   * refusal then ends the run with its reason, instead of failing every row of an evaluation.
   */
  embedDemos(state: ProgramState): Promise<void>
  /** The same as `ask` with messages as they are, for methods whose prompt is one free text. */
  askText(messages: readonly Message[], options: Omit<AskOptions, 'demos'>): Promise<{ readonly text: string; readonly call: CallKey }>
}
