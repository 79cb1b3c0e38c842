import { Ban, CirclePlay, Pause, Play, Square } from 'lucide-react'
import { useState } from 'react'
import type { RunKind } from '@/engine/record/spec'
import type { RunId } from '@/storage/records'
import { commandRun, resumeRun } from '@/state/runs/actions/run-commands'
import { isResumable, type ShownStatus } from '@/state/runs/live/run-status'
import { Button } from '@/ui/button'
import { ConfirmDialog } from '@/ui/confirm-dialog'
import { IconButton } from '@/ui/icon-button'
import { Tooltip } from '@/ui/tooltip'

interface RunControlsProps {
  readonly runId: RunId
  readonly kind: RunKind
  readonly title: string
  readonly status: ShownStatus
  /** In a list: icons only. */
  readonly compact?: boolean
}

/** Pause, resume, stop and cancel, each with what it does to what is under way. */
export function RunControls({ runId, kind, title, status, compact = false }: RunControlsProps) {
  const [isAsking, setAsking] = useState(false)
  const isPaused = status === 'paused'
  if (status === 'capped') return null
  if (isResumable(status)) {
    return (
      <Tooltip text="Goes on where the record ends. No recorded answer is paid for again.">
        <Button variant="primary" size={compact ? 'sm' : 'md'} icon={<Play />} onClick={() => void resumeRun(runId)}>
          Resume
        </Button>
      </Tooltip>
    )
  }
  if (status !== 'queued' && status !== 'running' && !isPaused) return null
  const keeps = kind === 'compile' ? 'the best candidate so far' : 'the rows that are done'
  const pause = isPaused
    ? { label: 'Resume', text: 'Go on', icon: <CirclePlay />, press: () => void commandRun(runId, 'resume') }
    : { label: 'Pause', text: 'Calls under way finish, no new one starts', icon: <Pause />, press: () => void commandRun(runId, 'pause') }
  const stop = { label: 'Stop', text: `Ends the run and keeps ${keeps}`, icon: <Square className="fill-current" /> }
  return (
    <div className="flex shrink-0 items-center gap-1.5">
      {compact ? (
        <>
          <IconButton size="sm" label={`${pause.label} ${title}`} icon={pause.icon} disabled={status === 'queued'} onClick={pause.press} />
          <IconButton
            size="sm"
            label={`${stop.label} ${title}: keeps ${keeps}`}
            icon={stop.icon}
            onClick={() => void commandRun(runId, 'stop')}
          />
        </>
      ) : (
        <>
          <Tooltip text={pause.text}>
            <Button icon={pause.icon} disabled={status === 'queued'} onClick={pause.press}>
              {pause.label}
            </Button>
          </Tooltip>
          <Tooltip text={stop.text}>
            <Button icon={stop.icon} onClick={() => void commandRun(runId, 'stop')}>
              {stop.label}
            </Button>
          </Tooltip>
          <Button variant="ghost" icon={<Ban />} onClick={() => setAsking(true)}>
            Cancel
          </Button>
        </>
      )}
      <ConfirmDialog
        open={isAsking}
        onOpenChange={setAsking}
        title={`Cancel ${title}?`}
        action="Cancel the run"
        keep="Keep it going"
        danger
        onConfirm={() => void commandRun(runId, 'cancel')}
      >
        Calls under way are dropped and the run has no result. Answers that came stay in the call cache, so another run does not pay for
        them again. Stop keeps {keeps} instead.
      </ConfirmDialog>
    </div>
  )
}
