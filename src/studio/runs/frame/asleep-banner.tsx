import { Moon } from 'lucide-react'
import { resumeRun } from '@/state/runs/actions/run-commands'
import { useIsAsleep } from '@/state/runs/live/asleep'
import type { RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { Banner } from '../kit/banner'

/** A browser may put a tab to sleep that nobody looks at; its run can be moved here. */
export function AsleepBanner({ record }: { readonly record: RunRecord }) {
  if (!useIsAsleep(record)) return null
  return (
    <Banner
      tone="warn"
      icon={<Moon />}
      title="The tab that runs this is asleep"
      action={
        <Button variant="primary" onClick={() => void resumeRun(record.id)}>
          Continue here
        </Button>
      }
    >
      The browser has stopped it to save power. Go back to that tab, or move the run to this one: recorded answers are used again.
    </Banner>
  )
}
