import { useCallback, useEffect, useRef, useState } from 'react'
import { useDataset, useDatasetRows } from '@/state/session/queries'
import { errorSentence } from '@/state/session/notices'
import { useProject } from '@/state/document/project-store'
import { fillMapping } from '@/state/data/fill-mapping'
import { onSessionEvent } from '@/state/session/session-events'
import { ErrorBox } from '@/ui/error-box'
import { Spinner } from '@/ui/spinner'
import { DatasetView } from './dataset-view'
import { DropOverlay } from './drop-overlay'
import { EmptyData } from './empty-data'
import { ImportDialog } from './import-dialog'
import { PasteDialog } from './paste-dialog'
import { useDroppedFiles } from './use-dropped-files'
import { useImport } from './use-import'

/** The rows a program learns from and is scored on: import, table, mapping, split. */
export function DataScreen() {
  const datasetId = useProject(project => project.datasetId)
  const importer = useImport()
  const [isPasting, setPasting] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const isOver = useDroppedFiles(importer.begin)
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
        accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,text/csv,application/json"
        aria-label="File to import"
        tabIndex={-1}
        className="sr-only"
        onChange={event => {
          const [file] = event.target.files ?? []
          if (file !== undefined) importer.begin(file, file.name)
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
  return <DatasetView dataset={dataset.data} rows={rows.data} onPickFile={onPickFile} onPasteText={onPasteText} />
}
