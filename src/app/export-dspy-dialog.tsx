import { Download } from 'lucide-react'
import { dismissDspyExport, downloadDspyState, usePendingDspyExport } from '@/state/export/dspy-export'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'

/** What DSPy's state file cannot hold, before it is downloaded. Most states have nothing to say here, and are downloaded at once. */
export function ExportDspyDialog() {
  const pending = usePendingDspyExport()
  if (pending === undefined) return null
  const { doesMore } = pending
  return (
    <Dialog
      open
      onOpenChange={open => !open && dismissDspyExport()}
      title="Export as DSPy state"
      description={
        doesMore ? 'This program does more than DSPy’s state file can say. The TypeScript export does all of it.' : 'What stays behind.'
      }
      footer={
        <>
          <Button onClick={dismissDspyExport}>Cancel</Button>
          <Button variant="primary" icon={<Download />} onClick={() => downloadDspyState(pending)}>
            Download .json
          </Button>
        </>
      }
    >
      <ul className="flex list-disc flex-col gap-2 pl-5">
        {pending.remarks.map(remark => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </Dialog>
  )
}
