import type { JsonObject } from '@/lib/json'
import type { ProgramGraph } from '../program/program'
import type { RunResult } from '../record/events'
import type { CandidateId } from '../program/program'
import type { RunView } from '../run/view/run-view'

export type FindingId =
  | 'ended-early'
  | 'failed-rows'
  | 'ceiling'
  | 'flat-metric'
  | 'all-locked'
  | 'same-candidates'
  | 'few-demos'
  | 'metric-noise'
  | 'minibatch-luck'
  | 'train-rows-learned'
  | 'val-small'
  | 'many-candidates'
  | 'sandbox-model'

/** What to do next: the page knows the place of each. */
export type AdviceActionId =
  | 'resume'
  | 'raise-caps'
  | 'show-failed-rows'
  | 'add-rows'
  | 'change-metric'
  | 'unlock'
  | 'change-optimizer'
  | 'change-models'
  | 'compare-rows'
  | 'look-at-candidate'
  | 'reveal-test'

export interface AdviceAction {
  readonly id: AdviceActionId
  /** On a button: an imperative. */
  readonly words: string
  /** The candidate it is about. */
  readonly candidate?: CandidateId
}

/** `cause` explains a missing gain, `caution` weakens a gain, `note` is worth knowing either way. */
export type FindingTone = 'cause' | 'caution' | 'note'

export interface Finding {
  readonly id: FindingId
  readonly tone: FindingTone
  readonly title: string
  /** Sentences with the numbers they rest on. */
  readonly detail: string
  readonly action: AdviceAction
}

/** `clear`: more than chance, see `isClearGain`. `unsure`: a gain that may be chance. `none`: no candidate beat the student. */
export type GainVerdict = 'clear' | 'unsure' | 'none'

export interface Diagnosis {
  readonly verdict: GainVerdict
  /** The weightiest first. Empty when there is nothing to doubt. */
  readonly findings: readonly Finding[]
}

/** A compile that has ended. */
export interface FinishedRun {
  readonly view: RunView
  readonly result?: RunResult
  readonly graph: ProgramGraph
  /** Rows of the run, before an optimizer dealt them again. */
  readonly sizes: { readonly train: number; readonly val: number }
  readonly optimizer?: { readonly id: string; readonly params: JsonObject }
  /** The built-in model answered, which is no language model. */
  readonly isSandbox: boolean
}
