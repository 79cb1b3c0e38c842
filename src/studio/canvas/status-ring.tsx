import { AlertTriangle, Check, CircleDashed, History, LoaderCircle, SkipForward, Split, Square, type LucideIcon } from 'lucide-react'
import { Tooltip } from '@/ui/tooltip'
import { statusColours, statusWords, type NodeStatus } from './node-status'

/** Status as colour, icon and word together: no one of them alone carries it. Says nothing before the first run. */
export function StatusRing({ status, ms }: { status: NodeStatus; ms?: number | undefined }) {
  const Icon = icons[status]
  if (!Icon) return null
  const words =
    ms === undefined || status !== 'done'
      ? statusWords[status]
      : `${statusWords[status]} in ${ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`}`
  return (
    <Tooltip text={words}>
      <span className="status-ring" data-status={status} style={{ color: statusColours[status] }}>
        <Icon size={12} aria-hidden className={status === 'running' ? 'status-spin' : undefined} />
        <span>{shortWords[status]}</span>
      </span>
    </Tooltip>
  )
}

const icons: Readonly<Record<NodeStatus, LucideIcon | undefined>> = {
  idle: undefined,
  waiting: CircleDashed,
  running: LoaderCircle,
  done: Check,
  failed: AlertTriangle,
  stopped: Square,
  skipped: SkipForward,
  'not-taken': Split,
  stale: History,
}

const shortWords: Readonly<Record<NodeStatus, string>> = {
  idle: '',
  waiting: 'Waiting',
  running: 'Running',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
  skipped: 'Skipped',
  'not-taken': 'Not taken',
  stale: 'Stale',
}
