import type { NodeId, ProgramNode } from '@/engine/program/program'
import { useLiveRuns, useNodeStatus, type NodeStatus as NodeStatusView } from '@/state/runs/live/live-runs'
import { useProject } from '@/state/document/project-store'
import { useSession } from '@/state/session/session-store'
import { graphIndex } from './graph-index'

export type NodeStatus = NodeStatusView['status']

/** How a node stood in the last run of one row. Inputs and Outputs do no work, so what they show comes from the run as a whole. */
export function useStatus(nodeId: NodeId): NodeStatusView {
  const status = useNodeStatus(nodeId)
  const node = useProject(project => graphIndex(project.graph).node.get(nodeId))
  const runId = useSession(session => session.rowRunId)
  const prediction = useLiveRuns(state => (runId === undefined ? undefined : state.runs[runId]?.rollouts.at(-1)?.rollout.prediction))
  if (status.status !== 'skipped' && status.status !== 'waiting') return status
  if (node?.kind === 'input') return { status: 'done' }
  if (node?.kind !== 'output' || prediction === undefined) return status
  return returned(node, prediction) ?? status
}

export const statusWords: Readonly<Record<NodeStatus, string>> = {
  idle: 'Not run',
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  skipped: 'Skipped: the run ended before this step',
  stale: 'Stale: changed since this run',
}

export const statusColours: Readonly<Record<NodeStatus, string>> = {
  idle: 'var(--color-faint)',
  waiting: 'var(--color-faint)',
  running: 'var(--color-info)',
  done: 'var(--color-good)',
  failed: 'var(--color-bad)',
  skipped: 'var(--color-line-strong)',
  stale: 'var(--color-warn)',
}

/** A run of a part of the program returns other fields than this Output's. */
function returned(node: ProgramNode, prediction: NonNullable<NodeStatusView['outputs']>): NodeStatusView | undefined {
  const own = node.fields.filter(field => field.name in prediction)
  if (own.length === 0 || own.length < node.fields.length) return undefined
  return { status: 'done', outputs: Object.fromEntries(own.map(field => [field.name, prediction[field.name] ?? null])) }
}
