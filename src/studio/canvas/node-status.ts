import { useNodeStatus, type NodeStatus as NodeStatusView } from '@/state/live-runs'

/** How a node stood in the last run of one row. */
export function useStatus(nodeId: string): NodeStatusView {
  return useNodeStatus(nodeId)
}

export type NodeStatus = NodeStatusView['status']

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
