import { ClipboardPaste, Database, Upload } from 'lucide-react'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { StoredDatasets } from './stored-datasets'

interface EmptyDataProps {
  /** The project names a dataset that is no longer stored. */
  readonly isLost?: boolean
  readonly onPickFile: () => void
  readonly onPasteText: () => void
}

export function EmptyData({ isLost = false, onPickFile, onPasteText }: EmptyDataProps) {
  return (
    <div className="h-full overflow-auto bg-canvas p-6">
      <div className="flex min-h-full flex-col items-center justify-center rounded-xl border border-dashed border-line-strong bg-surface">
        <EmptyState
          className="h-auto"
          icon={<Database />}
          title={isLost ? 'The dataset of this project is gone' : 'No data yet'}
          action={
            <>
              <Button variant="primary" icon={<Upload />} onClick={onPickFile}>
                Choose a file
              </Button>
              <Button icon={<ClipboardPaste />} onClick={onPasteText}>
                Paste text
              </Button>
            </>
          }
        >
          {isLost && <p className="mb-1">It was deleted from this browser. Import it again.</p>}
          <p>
            Drop a CSV, JSONL or JSON file anywhere on this page. Each row is one example: what goes into the program, and the right answer.
            The file stays in this browser.
          </p>
        </EmptyState>
        <StoredDatasets />
      </div>
    </div>
  )
}
