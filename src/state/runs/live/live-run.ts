import { noTotals } from '@/engine/record/totals'
import type { Values } from '@/engine/base/example'
import type { ErrorJson } from '@/engine/base/errors'
import type { LmWait } from '@/engine/lm/lm'
import type { NodeId } from '@/engine/program/program'
import type { JournalEvent, MeterEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import { emptyRunView, reduceRun } from '@/engine/run/view/reduce'
import type { RunView } from '@/engine/run/view/run-view'
import { isUnderWay, type RunId, type RunStatus } from '@/storage/records'
import { streamAfter, type NodeStream } from './node-stream'
import type { RunMessage } from '@/worker/api'

export interface NodeRun {
  /** `stopped`: the run was given up while the step was at work. `not-taken`: a branch went another way. */
  readonly status: 'running' | 'done' | 'failed' | 'stopped' | 'not-taken'
  readonly outputs?: Values
  readonly error?: ErrorJson
  readonly ms?: number
  /** What has come of its answer; absent once that is whole. */
  readonly stream?: NodeStream
}

/** What this tab knows of a run that its worker runs, or ran since the page was loaded. */
export interface LiveRun {
  readonly runId: RunId
  /** Set for runs that this tab started; others came from other tabs. */
  readonly isOwn: boolean
  readonly projectId?: string
  readonly status: RunStatus
  readonly view: RunView
  readonly totals: RunTotals
  /** The latest rollouts, oldest first; the storage has all of them. */
  readonly rollouts: readonly RolloutRecord[]
  /** Row runs: how far each node is. */
  readonly nodes: Readonly<Record<NodeId, NodeRun>>
  /** Set while the provider makes the run wait. */
  readonly waiting?: LmWait
  /** Why it paused by itself, such as a full disk. */
  readonly problem?: ErrorJson
  /** True when events are missing in the view, so that it must be read from storage. */
  readonly hasGap: boolean
}

export const shownRolloutCount = 200

export function newLiveRun(runId: RunId, status: RunStatus = 'queued'): LiveRun {
  return { runId, isOwn: false, status, view: emptyRunView, totals: noTotals, rollouts: [], nodes: {}, hasGap: false }
}

/** Applies one batch of what happened. Events seen before change nothing; an event out of order marks a gap. */
export function applyMessage(run: LiveRun, message: RunMessage): LiveRun {
  const fresh = message.events.filter(event => event.seq > run.view.seq)
  const hasGap = run.hasGap || (fresh[0] !== undefined && fresh[0].seq > run.view.seq + 1)
  const waits = message.meters.filter(meter => meter.type === 'wait')
  const moved = message.rollouts.length > 0 || fresh.length > 0 || message.meters.some(meter => meter.type === 'call-end')
  const waiting = waitingAfter(run.waiting, waits, moved)
  const problem = message.problem ?? (message.status === 'paused' ? run.problem : undefined)
  return {
    runId: run.runId,
    isOwn: run.isOwn,
    ...(run.projectId === undefined ? {} : { projectId: run.projectId }),
    status: message.status,
    view: hasGap ? run.view : foldEvents(run.view, fresh),
    totals: message.totals,
    rollouts: message.rollouts.length === 0 ? run.rollouts : [...run.rollouts, ...message.rollouts].slice(-shownRolloutCount),
    nodes: message.meters.reduce(applyNodeMeter, run.nodes),
    ...(waiting === undefined || isEnded(message.status) ? {} : { waiting }),
    ...(problem !== undefined && { problem }),
    hasGap,
  }
}

/** An outage lasts until the endpoint is said to answer, whatever else goes on meanwhile: other models of the run may be elsewhere. */
function waitingAfter(before: LmWait | undefined, waits: readonly LmWait[], hasMoved: boolean): LmWait | undefined {
  const kept = hasMoved && before?.outage === undefined ? undefined : before
  return waits.reduce<LmWait | undefined>((shown, { until, reason, outage }) => {
    if (outage === 'over') return undefined
    if (outage === undefined && shown?.outage !== undefined) return shown
    return { until, reason, ...(outage && { outage }) }
  }, kept)
}

export function foldEvents(view: RunView, events: readonly JournalEvent[]): RunView {
  return events.reduce((state, event) => reduceRun(state, event), view)
}

export function isEnded(status: RunStatus): boolean {
  return !isUnderWay(status)
}

function applyNodeMeter(nodes: Readonly<Record<NodeId, NodeRun>>, meter: MeterEvent): Readonly<Record<NodeId, NodeRun>> {
  if (meter.type === 'stream') {
    const { node } = meter
    const before = nodes[node] ?? { status: 'running' }
    return { ...nodes, [node]: { ...before, stream: streamAfter(before.stream, meter) } }
  }
  if (meter.type === 'node-start') return { ...nodes, [meter.node]: { status: 'running' } }
  if (meter.type === 'node-not-taken') return { ...nodes, [meter.node]: { status: 'not-taken' } }
  if (meter.type !== 'node-end') return nodes
  const { node, outputs, error, ms } = meter
  const stream = nodes[node]?.stream
  const status = error === undefined ? 'done' : givenUp.has(error.code) ? 'stopped' : 'failed'
  return { ...nodes, [node]: { status, outputs, error, ms, ...(stream?.isCut && { stream }) } }
}

const givenUp: ReadonlySet<ErrorJson['code']> = new Set(['run-cancelled', 'run-stopped'])
