import { Check, TriangleAlert } from 'lucide-react'
import { useEffect, useState } from 'react'
import { flushSave, useProjectStore } from '@/state/document/project-store'
import { Button } from '@/ui/button'
import { formatAgo } from '@/ui/format'
import { Popover } from '@/ui/popover'
import { Spinner } from '@/ui/spinner'
import { systemClock } from '@/lib/system-clock'

/** Whether the last change is on disk, and why not. */
export function SaveStatus() {
  const save = useProjectStore(state => state.save)
  const now = useNow(5000)
  if (save.status === 'failed') {
    return (
      <Popover
        label="Why this is not saved"
        trigger={
          <Button size="sm" variant="ghost" icon={<TriangleAlert />} className="text-bad-text">
            Not saved
          </Button>
        }
      >
        <p className="font-medium">Your last changes are not saved yet</p>
        <p className="mt-1 text-soft">{save.error ?? 'The browser did not say why.'}</p>
        <p className="mt-1 text-soft">They stay in this tab while it is open. Export the project file to be safe.</p>
        <Button size="sm" className="mt-3" onClick={() => void flushSave()}>
          Save now
        </Button>
      </Popover>
    )
  }
  const text =
    save.status === 'saving' ? 'Saving…' : save.at === undefined ? 'Saved' : `Saved · ${formatAgo(save.at, Math.max(now, save.at))}`
  return (
    <span data-save={save.status} title={text} className="flex shrink-0 items-center gap-1 text-sm whitespace-nowrap text-faint">
      {save.status === 'saving' ? <Spinner size={12} /> : <Check className="size-3.5" aria-hidden="true" />}
      <span className="max-xl:sr-only">{text}</span>
    </span>
  )
}

function useNow(everyMs: number): number {
  const [now, setNow] = useState(systemClock.date)
  useEffect(() => {
    const timer = setInterval(() => setNow(systemClock.date()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
