import { createStore, useStore } from 'zustand'
import type { CallPurpose } from '@/engine/lm/lm'
import type { CandidateId } from '@/engine/program/program'
import type { PredictorId } from '@/engine/program/program'
import type { StopReason } from '@/engine/trace/span'
import type { RunId } from '@/storage/records'
import type { Change, Outcome } from './outcome'

export type RunTab = 'trials' | 'proposals' | 'lineage' | 'frontier' | 'choices' | 'changes' | 'rows' | 'log'

export interface TraceFilter {
  readonly query: string
  readonly outcome: Outcome | 'all'
  readonly paid: 'all' | 'paid' | 'cached'
  /** Steps of this predictor only; with `hasFallback`, rows in which it asked again. */
  readonly predictor?: PredictorId
  readonly hasFallback: boolean
  /** Rollouts of one candidate, of one purpose, or of one batch. */
  readonly candidate?: CandidateId
  readonly purpose: CallPurpose | 'all'
  readonly error: string
  /** Why a step ended at a bound; `any` for whatever bound. */
  readonly stopped: StopReason | 'any' | 'all'
  readonly batch?: number
}

/** What is chosen on the pages of a run. Kept while the page lives, so that the way back from a trace leads to the same place. */
export interface RunPage {
  readonly tab: RunTab
  readonly candidate?: CandidateId
  readonly candidateTab: 'state' | 'rows'
  /** The two candidates that changes and rows compare; absent: baseline and best. */
  readonly before?: CandidateId
  readonly after?: CandidateId
  readonly outcome: Outcome | 'all'
  /** In the table of rows: only those in which a step ended at a bound. */
  readonly onlyStopped: boolean
  readonly query: string
  readonly change: Change | 'all'
  readonly trace: TraceFilter
}

export const openTraceFilter: TraceFilter = {
  query: '',
  outcome: 'all',
  paid: 'all',
  hasFallback: false,
  purpose: 'all',
  error: 'all',
  stopped: 'all',
}

const newPage: RunPage = {
  tab: 'trials',
  candidateTab: 'state',
  outcome: 'all',
  onlyStopped: false,
  query: '',
  change: 'all',
  trace: openTraceFilter,
}

const pages = createStore<Readonly<Record<RunId, RunPage>>>(() => ({}))

export function useRunPage(runId: RunId): RunPage {
  return useStore(pages, state => state[runId] ?? newPage)
}

export function setRunPage(runId: RunId, patch: Partial<RunPage>): void {
  pages.setState(state => ({ [runId]: { ...newPage, ...state[runId], ...patch } }))
}

export function setTraceFilter(runId: RunId, patch: Partial<TraceFilter>): void {
  const { trace } = pages.getState()[runId] ?? newPage
  setRunPage(runId, { trace: { ...trace, ...patch } })
}
