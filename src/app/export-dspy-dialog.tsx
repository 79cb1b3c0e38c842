import { Download, FileArchive } from 'lucide-react'
import { ensembleOf } from '@/engine/graph/ensemble'
import { dismissDspyExport, downloadDspyMembers, downloadDspyState, usePendingDspyExport } from '@/state/export/dspy-export'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'

/** What DSPy's state file cannot hold, before it is downloaded. Most states have nothing to say here, and are downloaded at once. */
export function ExportDspyDialog() {
  const pending = usePendingDspyExport()
  if (pending === undefined) return null
  const { doesMore } = pending
  const memberCount = ensembleOf(pending.program.state)?.members.length ?? 0
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
          {memberCount > 0 && (
            <Button icon={<FileArchive />} onClick={() => void downloadDspyMembers(pending)}>
              All {memberCount} members (.zip)
            </Button>
          )}
          <Button variant="primary" icon={<Download />} onClick={() => downloadDspyState(pending)}>
            {memberCount > 0 ? 'Best member (.json)' : 'Download .json'}
          </Button>
        </>
      }
    >
      <ul className="flex list-disc flex-col gap-2 pl-5">
        {pending.remarks.map(remark => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
      {memberCount > 0 && (
        <p className="mt-3 text-soft">
          With all members as files of their own, <code className="font-mono text-sm">dspy.Ensemble</code> puts them together again; the zip
          says how.
        </p>
      )}
    </Dialog>
  )
}
