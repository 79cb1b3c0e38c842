import { noTotals } from '@/engine/record/totals'
import { useMemo } from 'react'
import { createStore, useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { NodeId } from '@/engine/program/program'
import type { Program } from '@/engine/program/program'
import type { RunTotals } from '@/engine/record/events'
import { emptyRunView } from '@/engine/run/view/reduce'
import type { RunView } from '@/engine/run/view/run-view'
import { isUnderWay, type RunId, type RunRecord } from '@/storage/records'
import { listEvents } from '@/storage/run-events'
import type { RunMessage } from '@/worker/api'
import { engine, onEngineCrash } from '../../session/engine-client'
import { applyMessage, foldEvents, isEnded, newLiveRun, type LiveRun, type NodeRun } from './live-run'
import { projectStore } from '../../document/project-store'
import { useRun, useRunEvents, useRunLocks } from '../../session/queries'
import { awaitRelease, onRunReleased } from '../../session/run-lock-watch'
import { sessionStore } from '../../session/session-store'

export interface LiveRunsState {
  readonly runs: Readonly<Record<RunId, LiveRun>>
  /** The program that the last run of one row ran: node states of another program are stale. */
  readonly rowProgram?: Program
}

/** Runs of this tab's worker, reduced as their messages come. */
export const liveRuns = createStore<LiveRunsState>(() => ({ runs: {} }))

let subscribed: Promise<void> | undefined
const endListeners = new Set<(run: LiveRun) => void>()

/** Listens to the worker, once for the life of the page. */
export function watchRuns(): Promise<void> {
  onRunReleased(dropLost)
  onEngineCrash(forgetOwn)
  subscribed ??= engine().subscribe(receive)
  return subscribed
}

/** Hears of every run of this tab that ends. Returns a function that stops listening. */
export function onRunEnd(listener: (run: LiveRun) => void): () => void {
  endListeners.add(listener)
  return () => endListeners.delete(listener)
}

/** Puts a run of this tab on the page before its first message, so that a press is answered at once. */
export function expectRun(runId: RunId, about: { readonly projectId?: string; readonly rowProgram?: Program }): void {
  const { runs } = liveRuns.getState()
  const { projectId, rowProgram } = about
  const known = runs[runId]
  const isResumed = known !== undefined && isEnded(known.status)
  const run = { ...(known ?? newLiveRun(runId)), isOwn: true, ...(projectId === undefined ? {} : { projectId }) }
  liveRuns.setState({
    runs: keepLatest({ ...runs, [runId]: isResumed ? { ...run, status: 'queued' as const } : run }),
    ...(rowProgram === undefined ? {} : { rowProgram }),
  })
}

/** Nothing more will be heard of this run; its page reads it from storage. */
export function forgetRun(runId: RunId): void {
  const { [runId]: _gone, ...runs } = liveRuns.getState().runs
  liveRuns.setState({ runs })
}

/** The worker that ran them is gone: their pages read them from storage, where they can be resumed. */
function forgetOwn(): void {
  for (const run of Object.values(liveRuns.getState().runs)) if (run.isOwn && !isEnded(run.status)) forgetRun(run.runId)
}

/** Runs of the open project that this tab started and that have not ended. */
export function activeRuns(state: LiveRunsState): LiveRun[] {
  const openId = projectStore.getState().project?.id
  return Object.values(state.runs).filter(run => run.isOwn && !isEnded(run.status) && (openId === undefined || run.projectId === openId))
}

export function useLiveRuns<T>(selector: (state: LiveRunsState) => T): T {
  return useStore(liveRuns, useShallow(selector))
}

export interface ShownRun {
  readonly view: RunView
  /** Absent while it is read, and when there is no such run. */
  readonly record?: RunRecord
  readonly totals: RunTotals
  /** True while some tab runs it. */
  readonly live: boolean
  /** It says it is running, but nobody runs it: the tab was closed. It can be resumed. */
  readonly isInterrupted: boolean
  readonly isLoading: boolean
  readonly waiting?: LiveRun['waiting']
}

/** A run, live or old, from the same reducer. */
export function useRunView(runId: RunId): ShownRun {
  const live = useStore(liveRuns, state => state.runs[runId])
  const { data: record, isLoading: isRecordLoading } = useRun(runId)
  const hasLiveView = live !== undefined && !live.hasGap && live.view.seq >= 0
  const { data: events, isLoading: areEventsLoading } = useRunEvents(runId, !hasLiveView)
  const { data: locks } = useRunLocks()
  const stored = useMemo(() => (events === undefined ? undefined : foldEvents(emptyRunView, events)), [events])
  const isActiveHere = live !== undefined && !isEnded(live.status)
  const saysRunning = record !== undefined && record !== null && isUnderWay(record.status)
  const isHeld = locks?.has(runId) === true
  return {
    view: hasLiveView ? live.view : (stored ?? emptyRunView),
    ...(record === undefined || record === null ? {} : { record }),
    totals: laterTotals(isActiveHere ? live.totals : record?.totals, record?.totals ?? live?.totals),
    live: isActiveHere || (saysRunning && isHeld),
    isInterrupted: saysRunning && !isActiveHere && locks !== undefined && !isHeld,
    isLoading: isRecordLoading || (!hasLiveView && areEventsLoading),
    ...(live?.waiting === undefined ? {} : { waiting: live.waiting }),
  }
}

/** A run that is taken up again has said nothing yet: what it had before still counts. */
function laterTotals(heard: RunTotals = noTotals, read: RunTotals = noTotals): RunTotals {
  return heard.answered < read.answered ? read : heard
}

export type NodeStatus = Omit<NodeRun, 'status'> & {
  readonly status: NodeRun['status'] | 'idle' | 'waiting' | 'skipped' | 'stale'
}

/** Whether the program has changed since the last run of one row began. */
export function useIsRowRunStale(): boolean {
  return useStore(projectStore, ({ project }) => {
    const ran = liveRuns.getState().rowProgram
    return project !== null && ran !== undefined && (project.graph !== ran.graph || project.state !== ran.state)
  })
}

/** How far a node is in the last run of one row; `stale` once the program has changed since. */
export function useNodeStatus(nodeId: NodeId): NodeStatus {
  const rowRunId = useStore(sessionStore, session => session.rowRunId)
  const run = useStore(liveRuns, state => (rowRunId === undefined ? undefined : state.runs[rowRunId]))
  const node = run?.nodes[nodeId]
  const isStale = useIsRowRunStale()
  if (run === undefined) return idle
  if (node === undefined) return isEnded(run.status) ? (isStale ? idle : skipped) : waiting
  return isStale && node.status !== 'running' ? { ...node, status: 'stale' } : node
}

const idle: NodeStatus = { status: 'idle' }
const waiting: NodeStatus = { status: 'waiting' }
const skipped: NodeStatus = { status: 'skipped' }
const keptRunCount = 30

function receive(message: RunMessage): void {
  const before = liveRuns.getState().runs[message.runId]
  const run = applyMessage(before ?? newLiveRun(message.runId, message.status), message)
  setRun(run)
  if (run.hasGap) void catchUp(run.runId)
  if (!run.isOwn && !isEnded(run.status)) awaitRelease(run.runId)
  if (isEnded(run.status) && !isEnded(before?.status ?? 'running')) for (const listener of endListeners) listener(run)
}

/** A resumed run sends only what is new: the part before is in the storage, since nothing is sent before it is written. */
async function catchUp(runId: RunId): Promise<void> {
  const view = foldEvents(emptyRunView, await listEvents(runId))
  const run = liveRuns.getState().runs[runId]
  if (run !== undefined && view.seq >= run.view.seq) setRun({ ...run, view, hasGap: false })
}

/** A closed tab tells nobody: its runs are over here too once nobody holds their lock. */
function dropLost(runId: RunId): void {
  const run = liveRuns.getState().runs[runId]
  if (run !== undefined && !run.isOwn && !isEnded(run.status)) forgetRun(runId)
}

function setRun(run: LiveRun): void {
  liveRuns.setState({ runs: keepLatest({ ...liveRuns.getState().runs, [run.runId]: run }) })
}

/** Old runs are in the storage: only so many stay in memory. */
function keepLatest(runs: Readonly<Record<RunId, LiveRun>>): Readonly<Record<RunId, LiveRun>> {
  const all = Object.entries(runs)
  if (all.length <= keptRunCount) return runs
  const ended = all.filter(([, run]) => isEnded(run.status)).map(([id]) => id)
  const drop = new Set(ended.slice(0, all.length - keptRunCount))
  return Object.fromEntries(all.filter(([id]) => !drop.has(id)))
}
