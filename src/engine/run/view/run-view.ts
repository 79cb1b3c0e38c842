import type { ExampleId } from '../../base/example'
import type { ErrorJson } from '../../base/errors'
import type { ScoreSummary } from '../../evaluate/rollout'
import type { PredictorId, ProgramState, CandidateId, ProgramGraph } from '../../program/program'
import type { ModelFacts } from '../../lm/refusable'
import type { FrontierMember, FrontierRow, InstructionProposal, RunResult, StageId } from '../../record/events'
import type { RunKind } from '../../record/spec'

export interface StageView {
  readonly id: StageId
  readonly title: string
  readonly status: 'waiting' | 'running' | 'done'
  /** LM calls this stage was expected to take; what it took, once it is done. */
  readonly plannedCalls: number
  /** What it is doing: `Candidate 3 of 19: seed 0`. */
  readonly detail?: string
}

export interface CandidateView {
  readonly id: CandidateId
  /** Order of first proposal, from 0; the baseline is 0. */
  readonly trial: number
  readonly label: string
  readonly how: string
  readonly parents: readonly CandidateId[]
  readonly state: ProgramState
  /** Present where it is another program than the one that was compiled. */
  readonly graph?: ProgramGraph
  readonly choice?: Readonly<Record<string, number>>
  readonly full?: {
    readonly batch: number
    readonly examples: readonly ExampleId[]
    readonly scores: readonly (number | null)[]
    readonly summary: ScoreSummary
  }
  readonly minibatches: readonly {
    readonly batch: number
    readonly examples: readonly ExampleId[]
    readonly scores: readonly (number | null)[]
  }[]
  readonly verdict?: { readonly kind: 'accept' | 'reject'; readonly reason: string }
  /** How often the same state was proposed again; absent for never. */
  readonly repeats?: number
}

/** What the events of a run add up to. The live screen and the page of an old run are drawn from this one shape. */
export interface RunView {
  readonly kind: RunKind
  readonly stages: readonly StageView[]
  readonly candidates: readonly CandidateView[]
  /** Instructions that were written on the way, in order. */
  readonly proposals: readonly {
    readonly predictor: PredictorId
    readonly how: string
    readonly proposals: readonly InstructionProposal[]
  }[]
  /** Each time demos were bootstrapped: how many a predictor got, and how many train rows the teacher got right. */
  readonly bootstraps: readonly { readonly predictor: PredictorId; readonly demos: number; readonly successes: number }[]
  /** Rows in the order they came up, and who leads them now; absent where the optimizer keeps no frontier. */
  readonly frontier?: { readonly rows: readonly FrontierRow[]; readonly members: readonly FrontierMember[] }
  readonly baseline?: CandidateId
  readonly best?: { readonly candidate: CandidateId; readonly score: number }
  readonly notes: readonly string[]
  /** What models turned out to refuse during the run; absent for nothing. */
  readonly facts?: readonly ModelFacts[]
  /** LM calls planned over all stages: tightened each time a stage ends. */
  readonly plannedCalls: number
  readonly end?: {
    readonly reason: 'done' | 'stopped' | 'cap' | 'cancelled' | 'error'
    readonly sentence: string
    readonly result?: RunResult
    readonly error?: ErrorJson
  }
  readonly divergence?: { readonly seq: number; readonly expected: string; readonly got: string }
  /** How many events before the last one cannot be read; absent for none. */
  readonly missing?: number
  /** Sequence number of the last event applied; -1 before the first. */
  readonly seq: number
}
