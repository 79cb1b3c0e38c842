import type { Rng } from '@/lib/rng'
import type { Example } from '../data/example'
import type { Rollout } from '../evaluate/rollout'
import type { Program, ProgramState } from '../graph/program'
import type { CallPurpose } from '../lm/lm'
import type { CandidateId, RunEvent } from './events'

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
}

/** The one object an optimizer sees. It does no I/O; everything it asks for is cached, counted and capped around it. */
export interface RunContext<P> {
  readonly params: P
  /** Never mutated. */
  readonly student: Program
  readonly trainset: readonly Example[]
  readonly valset: readonly Example[]
  readonly seed: number
  readonly signal: AbortSignal
  /** Rows that may fail in one batch before the run ends with `too-many-errors`. */
  readonly maxErrors: number
  /** A fresh generator with Python's `random.Random(seed)` stream. */
  random(seed: number): Rng
  candidateId(state: ProgramState): CandidateId
  /** Runs and scores concurrently; results come in the order of `examples`. Throws when stopped, cancelled or capped. */
  rollouts(state: ProgramState, examples: readonly Example[], options: RolloutOptions): Promise<readonly Rollout[]>
  /** Scores a candidate on the whole valset and yields its `fullset-score`. The same state is scored once a run. */
  evaluate(state: ProgramState): AsyncGenerator<RunEvent, number>
}
