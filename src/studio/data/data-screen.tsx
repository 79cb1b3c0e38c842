import { useCallback, useEffect, useRef, useState } from 'react'
import { useDataset, useDatasetRows } from '@/state/session/queries'
import { errorSentence } from '@/state/session/notices'
import { useProject } from '@/state/document/project-store'
import { fillMapping } from '@/state/data/fill-mapping'
import { onSessionEvent } from '@/state/session/session-events'
import { ErrorBox } from '@/ui/error-box'
import { formatCount } from '@/ui/format'
import { Spinner } from '@/ui/spinner'
import { DatasetView } from './dataset-view'
import { DropOverlay } from './drop-overlay'
import { EmptyData } from './empty-data'
import { ImportDialog } from './import-dialog'
import { PasteDialog } from './paste-dialog'
import { isMediaFile, rowsOfFiles } from '@/state/data/rows-of-files'
import { notifyError } from '@/state/session/notices'
import { useDroppedFiles } from './use-dropped-files'
import { useImport } from './use-import'

/** The rows a program learns from and is scored on: import, table, mapping, split. */
export function DataScreen() {
  const datasetId = useProject(project => project.datasetId)
  const importer = useImport()
  const [isPasting, setPasting] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const isOver = useDroppedFiles(take)
  function take(files: readonly File[]): void {
    const [first] = files
    if (first === undefined) return
    if (!files.some(isMediaFile)) return importer.begin(first, first.name)
    const name = `${files.length === 1 ? first.name : `${files.length} files`}.jsonl`
    rowsOfFiles(files).then(
      rows => importer.begin(rows, name),
      (error: unknown) => notifyError('These files were not taken', error),
    )
  }

  const pickFile = useCallback(() => picker.current?.click(), [])
  useEffect(() => onSessionEvent('open-import', pickFile), [pickFile])
  // Fields that the program gained meanwhile are matched when one comes to look; a failed read shows below.
  useEffect(() => void fillMapping().catch(() => undefined), [datasetId])

  return (
    <div className="relative h-full min-h-0">
      {datasetId === undefined ? (
        <EmptyData onPickFile={pickFile} onPasteText={() => setPasting(true)} />
      ) : (
        <OpenDataset key={datasetId} datasetId={datasetId} onPickFile={pickFile} onPasteText={() => setPasting(true)} />
      )}
      <input
        ref={picker}
        type="file"
        accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json,image/*,audio/*,application/pdf"
        multiple
        aria-label="File to import"
        tabIndex={-1}
        className="sr-only"
        onChange={event => {
          take([...(event.target.files ?? [])])
          // The same file chosen again is a change too.
          event.target.value = ''
        }}
      />
      {isOver && <DropOverlay />}
      <ImportDialog importer={importer} onPickFile={pickFile} replaces={datasetId !== undefined} />
      <PasteDialog
        open={isPasting}
        onOpenChange={setPasting}
        onText={(text, name) => {
          setPasting(false)
          importer.begin(new Blob([text]), name)
        }}
      />
    </div>
  )
}

interface OpenDatasetProps {
  readonly datasetId: string
  readonly onPickFile: () => void
  readonly onPasteText: () => void
}

function OpenDataset({ datasetId, onPickFile, onPasteText }: OpenDatasetProps) {
  const dataset = useDataset(datasetId)
  const rows = useDatasetRows(datasetId)
  const error = dataset.error ?? rows.error
  if (error !== null) {
    return (
      <div className="p-6">
        <ErrorBox
          title="The dataset could not be read"
          message={errorSentence(error)}
          onRetry={() => {
            void dataset.refetch()
            void rows.refetch()
          }}
        />
      </div>
    )
  }
  if (dataset.data === null) {
    return <EmptyData isLost onPickFile={onPickFile} onPasteText={onPasteText} />
  }
  if (dataset.data === undefined || rows.data === undefined) {
    return (
      <div role="status" className="flex h-full items-center justify-center gap-2 text-soft">
        <Spinner /> Loading rows…
      </div>
    )
  }
  // While an edit is read back, the two may speak of different moments.
  const isSettled = !dataset.isFetching && !rows.isFetching && !rows.isPlaceholderData
  const missing = isSettled ? dataset.data.rowCount - rows.data.length : 0
  return (
    <div className="flex h-full min-h-0 flex-col">
      {missing > 0 && (
        <p role="status" className="border-b border-line bg-warn-soft px-4 py-1.5 text-warn-text">
          {missing === 1 ? '1 row' : `${formatCount(missing)} rows`} of this dataset cannot be read and {missing === 1 ? 'is' : 'are'} left
          out. The others are all here; Settings → Storage says more.
        </p>
      )}
      <div className="min-h-0 flex-1">
        <DatasetView dataset={dataset.data} rows={rows.data} onPickFile={onPickFile} onPasteText={onPasteText} />
      </div>
    </div>
  )
}
