import { useRef, useState } from 'react'
import { goTo } from '@/state/session/navigation'
import { paths } from '@/state/session/paths'
import { restoreBackup } from '@/state/commands/storage-commands'
import { acceptLoss, useWorkspace } from '@/state/session/workspace'
import { Button } from '@/ui/button'
import { formatAgo } from '@/ui/format'

/** Says when the browser has lost what was here, and when it will. */
export function WorkspaceBanner() {
  const { lost, isTemporary } = useWorkspace()
  const chooser = useRef<HTMLInputElement>(null)
  const [isDismissed, setDismissed] = useState(false)
  if (lost !== undefined) {
    const projects = lost.projectCount === 1 ? 'The project' : `The ${lost.projectCount} projects`
    return (
      <div role="alert" className="flex items-center gap-3 border-b border-line bg-bad-soft px-4 py-1.5">
        <p className="min-w-0 flex-1">
          <strong className="font-medium text-bad-text">Your browser has lost this workspace.</strong> {projects} that{' '}
          {lost.projectCount === 1 ? 'was' : 'were'} stored here {lost.projectCount === 1 ? 'is' : 'are'} gone: its storage was cleared or
          damaged.{' '}
          {lost.lastBackupAt === undefined
            ? 'No backup was made in this browser.'
            : `The last backup was downloaded ${formatAgo(lost.lastBackupAt)}.`}
        </p>
        <Button size="sm" variant="primary" onClick={() => chooser.current?.click()}>
          Restore a backup
        </Button>
        <Button size="sm" onClick={() => void acceptLoss()}>
          Start empty
        </Button>
        <input
          ref={chooser}
          type="file"
          accept=".jsonl,application/jsonl"
          aria-label="Backup to bring back"
          className="hidden"
          onChange={event => {
            const file = event.target.files?.[0]
            event.target.value = ''
            if (file) void restoreBackup(file)
          }}
        />
      </div>
    )
  }
  if (!isTemporary || isDismissed) return null
  return (
    <div role="status" className="flex items-center gap-3 border-b border-line bg-warn-soft px-4 py-1.5 text-warn-text">
      <p className="min-w-0 flex-1">
        Temporary session: in a private window, everything made here is gone once it is closed. Download a backup first.
      </p>
      <Button size="sm" onClick={() => goTo(paths.settings())}>
        Open settings
      </Button>
      <Button size="sm" variant="ghost" onClick={() => setDismissed(true)}>
        Dismiss
      </Button>
    </div>
  )
}
