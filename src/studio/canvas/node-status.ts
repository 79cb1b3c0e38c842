import { useShownPath, useShownProject } from '@/state/document/shown-program'
import type { Values } from '@/engine/base/example'
import { pathWithin, type BodyPath } from '@/engine/program/bodies'
import type { NodeId, ProgramNode } from '@/engine/program/program'
import type { LiveRun } from '@/state/runs/live/live-run'
import { bodySpan } from '@/state/runs/span-tree'
import { useLiveRuns, useNodeStatus, type NodeStatus as NodeStatusView } from '@/state/runs/live/live-runs'
import { useSession } from '@/state/session/session-store'
import { isInputNode, isOutputNode } from '@/engine/program/ends'
import { graphIndex } from './graph-index'

export type NodeStatus = NodeStatusView['status']

/** How a node stood in the last run of one row. Inputs and Outputs do no work, so what they show comes from the run as a whole. */
export function useStatus(nodeId: NodeId): NodeStatusView {
  const within = useShownPath()
  const status = useNodeStatus(pathWithin(within, nodeId))
  const node = useShownProject(project => graphIndex(project.graph).node.get(nodeId))
  const canLack = useShownProject(project => graphIndex(project.graph).isBranched)
  const runId = useSession(session => session.rowRunId)
  const hasBegun = useLiveRuns(state => within === undefined || isAsked(runId === undefined ? undefined : state.runs[runId], within))
  const prediction = useLiveRuns(state => {
    const rollout = runId === undefined ? undefined : state.runs[runId]?.rollouts.at(-1)?.rollout
    return within === undefined ? rollout?.prediction : rollout && bodySpan(rollout.trace, within)?.outputs
  })
  if ((status.status !== 'skipped' && status.status !== 'waiting') || !hasBegun) return status
  if (node && isInputNode(node)) return { status: 'done' }
  if (!node || !isOutputNode(node) || prediction === undefined) return status
  return returned(node, prediction, canLack) ?? status
}

/** A step may ask only some of its programs. */
function isAsked(run: LiveRun | undefined, within: BodyPath): boolean {
  return Object.keys(run?.nodes ?? {}).some(path => path.startsWith(`${within}/`))
}

export const statusWords: Readonly<Record<NodeStatus, string>> = {
  idle: 'Not run',
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped: the run was given up during this step',
  skipped: 'Skipped: the run did not reach this step',
  'not-taken': 'Not taken: a Branch went another way',
  stale: 'Stale: changed since this run',
}

export const statusColours: Readonly<Record<NodeStatus, string>> = {
  idle: 'var(--color-faint)',
  waiting: 'var(--color-faint)',
  running: 'var(--color-info)',
  done: 'var(--color-good)',
  failed: 'var(--color-bad)',
  stopped: 'var(--color-warn)',
  skipped: 'var(--color-line-strong)',
  'not-taken': 'var(--color-faint)',
  stale: 'var(--color-warn)',
}

/** A run of a part of the program returns other fields than this Output's; and a branch may leave some of its own without a value. */
function returned(node: ProgramNode, prediction: Values, canLack: boolean): NodeStatusView | undefined {
  const own = node.fields.filter(field => field.name in prediction)
  if (own.length === 0 || (own.length < node.fields.length && !canLack)) return undefined
  return { status: 'done', outputs: Object.fromEntries(own.map(field => [field.name, prediction[field.name] ?? null])) }
}
