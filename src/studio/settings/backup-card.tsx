import { Download, RotateCcw } from 'lucide-react'
import { useRef, useState } from 'react'
import { downloadBackup, restoreBackup } from '@/state/commands/storage-commands'
import { lastBackupAt } from '@/state/session/workspace'
import { Button } from '@/ui/button'
import { formatAgo } from '@/ui/format'
import { useTurns } from '@/ui/use-turns'

/** Everything in one file, out of the browser and back. */
export function BackupCard() {
  const chooser = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState<'backup' | 'restore'>()
  const [last, setLast] = useState(lastBackupAt)
  const turns = useTurns()
  const work = async (what: 'backup' | 'restore', action: () => Promise<void>) => {
    const turn = turns.next()
    setBusy(what)
    await action()
    turn.take(() => {
      setLast(lastBackupAt())
      setBusy(undefined)
    })()
  }
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-surface px-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="font-medium">Backup</p>
        <p className="text-sm text-soft">
          All projects, data, runs and stored answers as one file. Keys are not in it.{' '}
          {last === undefined ? 'None was made in this browser yet.' : `The last one was made ${formatAgo(last)}.`}
        </p>
      </div>
      <Button
        icon={<Download />}
        loading={busy === 'backup'}
        disabled={busy !== undefined}
        onClick={() => void work('backup', downloadBackup)}
      >
        Back up everything
      </Button>
      <Button icon={<RotateCcw />} loading={busy === 'restore'} disabled={busy !== undefined} onClick={() => chooser.current?.click()}>
        Restore…
      </Button>
      <input
        ref={chooser}
        type="file"
        accept=".jsonl,application/jsonl"
        aria-label="Backup to restore"
        className="hidden"
        onChange={event => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) void work('restore', () => restoreBackup(file))
        }}
      />
    </div>
  )
}
