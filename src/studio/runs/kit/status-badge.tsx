import { Ban, CircleAlert, CircleCheck, CircleDashed, CirclePause, CircleStop, CloudOff, Gauge } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ShownStatus } from '@/state/runs/live/run-status'
import { Badge } from '@/ui/badge'
import { Spinner } from '@/ui/spinner'

/** How a run stands: an icon and a word, never colour alone. */
export function StatusBadge({ status }: { readonly status: ShownStatus }) {
  const { icon, label, tone } = faces[status]
  return (
    <Badge tone={tone}>
      <span aria-hidden="true" className="inline-flex">
        {icon}
      </span>
      {label}
    </Badge>
  )
}

export function statusLabel(status: ShownStatus): string {
  return faces[status].label
}

interface Face {
  readonly icon: ReactNode
  readonly label: string
  readonly tone: 'neutral' | 'accent' | 'good' | 'warn' | 'bad'
}

const faces: Readonly<Record<ShownStatus, Face>> = {
  queued: { icon: <CircleDashed />, label: 'Starting', tone: 'accent' },
  running: { icon: <Spinner size={12} />, label: 'Running', tone: 'accent' },
  paused: { icon: <CirclePause />, label: 'Paused', tone: 'warn' },
  done: { icon: <CircleCheck />, label: 'Done', tone: 'good' },
  stopped: { icon: <CircleStop />, label: 'Stopped', tone: 'neutral' },
  capped: { icon: <Gauge />, label: 'Stopped by cap', tone: 'warn' },
  cancelled: { icon: <Ban />, label: 'Cancelled', tone: 'neutral' },
  failed: { icon: <CircleAlert />, label: 'Failed', tone: 'bad' },
  interrupted: { icon: <CloudOff />, label: 'Interrupted', tone: 'warn' },
}
