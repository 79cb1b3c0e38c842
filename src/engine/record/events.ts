import type { ExampleId, Values } from '../base/example'
import type { ErrorJson } from '../base/errors'
import type { Rollout, PairedGain, ScoreSummary } from '../evaluate/rollout'
import type { CandidateId, Demo, ModelId, PredictorId, ProgramState, ProgramGraph, StepPath } from '../program/program'
import type { CallKey, CallPurpose, LmWait, Usage } from '../lm/lm'
import type { StreamTold } from '../graph/execute-context'
import type { ModelFacts } from '../lm/refusable'
import type { RunKind } from './spec'

export type StageId = string

/** How many LM requests, by what for. `low` when luck is good, `high` at most (retries and format fallbacks not counted). */
export interface CallEstimate {
  readonly purpose: CallPurpose
  /** Whose model is asked, where the purpose does not say it: proposals come from the prompt model unless it is another one's. */
  readonly role?: ModelRole
  readonly low: number
  readonly expected: number
  readonly high: number
  /** What it adds to the most of all purposes, where some share one budget and cannot all reach their `high`; else `high`. */
  readonly highBeside?: number
}

export interface StagePlan {
  readonly id: StageId
  readonly title: string
  readonly calls: { readonly low: number; readonly expected: number; readonly high: number }
}

export interface RunResult {
  readonly kind: RunKind
  /** Absent when the run ended before the student was fully evaluated. */
  readonly baseline?: { readonly candidate: CandidateId; readonly summary: ScoreSummary }
  readonly best?: {
    readonly candidate: CandidateId
    readonly label: string
    readonly summary: ScoreSummary
    readonly state: ProgramState
    /** Present where the best is another program than the one that was compiled. */
    readonly graph?: ProgramGraph
  }
  readonly gain?: PairedGain
  /** Row runs: what the program returned. */
  readonly prediction?: Values
}

/** What happened, in the order it happened: the story of a run. JSON only. The same seed gives the same story. */
export type RunEvent =
  | { readonly type: 'run-start'; readonly kind: RunKind; readonly stages: readonly StagePlan[] }
  | { readonly type: 'stage-start'; readonly stage: StageId; readonly title: string }
  | { readonly type: 'stage-step'; readonly stage: StageId; readonly step: number; readonly steps: number; readonly title: string }
  /** `calls` is added by the driver: LM calls answered in the stage, cached or paid. */
  | { readonly type: 'stage-end'; readonly stage: StageId; readonly calls?: number }
  | {
      readonly type: 'demos-bootstrap'
      readonly predictor: PredictorId
      readonly demos: readonly Demo[]
      readonly examples: readonly ExampleId[]
    }
  /** Instructions that a model wrote for a predictor, or that were there before (`call` absent). */
  | {
      readonly type: 'instructions-propose'
      readonly predictor: PredictorId
      /** Which way of asking: `grounded`, `breadth`, `reflect`, `rules`. */
      readonly how: string
      readonly proposals: readonly InstructionProposal[]
    }
  | {
      readonly type: 'candidate-propose'
      readonly candidate: CandidateId
      /** What the optimizer calls it: `zero-shot`, `labelled demos`, `seed 3`. */
      readonly label: string
      readonly how: string
      readonly parents: readonly CandidateId[]
      readonly state: ProgramState
      /** Present where the candidate is another program than the one that is compiled. */
      readonly graph?: ProgramGraph
      /** Which option of each part of a search space it is, by DSPy's parameter name: what tells afterwards which part mattered. */
      readonly choice?: Readonly<Record<string, number>>
    }
  | {
      readonly type: 'minibatch-score'
      readonly candidate: CandidateId
      readonly batch: number
      readonly examples: readonly ExampleId[]
      readonly scores: readonly (number | null)[]
    }
  | {
      readonly type: 'fullset-score'
      readonly candidate: CandidateId
      readonly batch: number
      readonly examples: readonly ExampleId[]
      readonly scores: readonly (number | null)[]
      readonly summary: ScoreSummary
    }
  | { readonly type: 'candidate-accept'; readonly candidate: CandidateId; readonly reason: string }
  | { readonly type: 'candidate-reject'; readonly candidate: CandidateId; readonly reason: string }
  /**
   * Who is best on which row of the valset: the rows where that changed, and all candidates of the frontier with the number of rows
   * they lead, which are the odds of becoming a parent.
   */
  | { readonly type: 'frontier-change'; readonly rows: readonly FrontierRow[]; readonly members: readonly FrontierMember[] }
  | { readonly type: 'best-change'; readonly candidate: CandidateId; readonly score: number }
  | { readonly type: 'note'; readonly text: string }
  /**
   * What a model turned out to refuse, the moment it did: requests to it are written without that from here on, in this attempt and in
   * later ones. When it comes depends on the network, and nothing else in the story depends on it.
   */
  | ({ readonly type: 'model-facts' } & ModelFacts)
  /** An attempt ended while it read this answer: from here on it counts as one that cannot be read. */
  | { readonly type: 'answer-give-up'; readonly key: CallKey }
  | { readonly type: 'run-end'; readonly reason: 'done' | 'stopped' | 'cap'; readonly sentence: string; readonly result: RunResult }
  | { readonly type: 'run-cancel'; readonly sentence: string }
  | { readonly type: 'run-error'; readonly error: ErrorJson; readonly result?: RunResult }
  /** A replay did something else than the record says: the recorded events from `divergedAt` on no longer hold. */
  | { readonly type: 'run-diverge'; readonly divergedAt: number; readonly expected: string; readonly got: string }

/** The best score that a row has seen, and every candidate that reaches it. */
export interface FrontierRow {
  readonly example: ExampleId
  readonly score: number
  readonly candidates: readonly CandidateId[]
}

/** A candidate that no other makes superfluous, and on how many rows it is among the best. */
export interface FrontierMember {
  readonly candidate: CandidateId
  readonly rows: number
}

export interface InstructionProposal {
  readonly text: string
  /** The call whose completion it comes from: prompt and answer are stored under this key. */
  readonly call?: CallKey
  /** What the request varied: a tip, a set of demos, a round. */
  readonly note?: string
}

/** An event as the journal keeps it. `at` is milliseconds since 1970 and no part of the comparison on replay. */
export type JournalEvent = RunEvent & { readonly seq: number; readonly at: number }

/** A rollout and where it belongs. `batch` and `index` are the same on every replay. */
export interface RolloutRecord {
  readonly batch: number
  readonly index: number
  readonly candidate: CandidateId
  readonly stage: StageId
  readonly purpose: CallPurpose
  readonly rollout: Rollout
}

/**
 * `task` runs the program, `teacher` makes demos, `prompt` writes, `reflection` reads traces and feedback, `judge` grades answers for the
 * metric, `extraction` reads outputs out of answers in plain words, `embedding` compares texts.
 */
export type ModelRole = 'task' | 'teacher' | 'prompt' | 'reflection' | 'judge' | 'extraction' | 'embedding'

/** One LM answer that a run used, or one that failed for good in it. */
export interface CallRecord {
  readonly key: CallKey
  readonly purpose: CallPurpose
  /** Which of the run's models was asked; absent in records of older versions. */
  readonly role?: ModelRole
  readonly predictor?: PredictorId
  readonly batch?: number
  readonly exampleId?: ExampleId
  readonly model: string
  /** Which of the run's models that is; absent in records of older versions. */
  readonly entry?: ModelId
  readonly cached: boolean
  readonly attempts: number
  readonly failedAttempts: number
  readonly usage: Usage
  /** US dollars; absent when the model's price is unknown or the answer was cached. */
  readonly cost?: number
  readonly ms: number
  readonly error?: ErrorJson
  /** An answer before could not be read, and this one was asked for in JSON; absent in records of older versions. */
  readonly again?: true
  /** The failure ended its batch, so nothing was built on it: a resumed run asks again. */
  readonly unsettled?: true
  /** It was given up while its answer came: `usage` is what is known of that, and nothing of the answer was kept. */
  readonly cut?: true
}

/** High-volume facts: kept and counted, but not part of the story, since their order depends on the network. */
export type MeterEvent =
  | ({ readonly type: 'call-end' } & CallRecord)
  | ({ readonly type: 'rollout-end' } & RolloutRecord)
  | { readonly type: 'node-start'; readonly node: StepPath }
  | { readonly type: 'node-not-taken'; readonly node: StepPath }
  | { readonly type: 'node-end'; readonly node: StepPath; readonly outputs?: Values; readonly error?: ErrorJson; readonly ms: number }
  /** Row runs whose outputs are watched: what came of an answer while it is written. */
  | ({ readonly type: 'stream' } & StreamTold)
  /** `until` is milliseconds since 1970. */
  | ({ readonly type: 'wait' } & LmWait)

/** What calls came to. */
export interface CallTotals {
  /** Requests sent to the provider, every attempt counted. */
  readonly calls: number
  /** Answers taken from the call cache. */
  readonly cachedCalls: number
  /** Requests among `calls` that failed. */
  readonly failedCalls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars of the calls with a known price. */
  readonly cost: number
  /** Paid answers whose model has no price: when above 0, `cost` is "price unknown". */
  readonly unpricedCalls: number
  /** Answered LM calls, cached or paid: what the bar counts. */
  readonly answered: number
}

/** All calls of a run. */
export interface RunTotals extends CallTotals {
  /** What of it went to the judge, for the metric; absent where it was never asked. */
  readonly judge?: CallTotals
  /** Requests among `calls` that were under way when an attempt was killed: nobody saw their end, and they may have been billed. */
  readonly lostCalls?: number
  /** Answers that did not come to their end, because of the token limit, a content filter, the provider or whoever stopped the run; absent means none. */
  readonly cutAnswers?: number
  /** Answers that were asked for in JSON because the one before could not be read; absent means none. */
  readonly askedAgain?: number
}
