import { guessMapping } from '@/engine/data/mapping'
import { programInputs } from '@/engine/program/ends'
import type { ProgramGraph } from '@/engine/program/program'
import { useState } from 'react'
import type { Column, ColumnType } from '@/engine/project/project'
import { holdsFile } from '@/engine/signature/types/registry'
import { typesWithin } from '@/engine/signature/types/registry'
import { wholePercent } from '@/lib/percent'
import { useProject } from '@/state/document/project-store'
import { Button } from '@/ui/button'
import { Dialog } from '@/ui/dialog'
import { ErrorBox } from '@/ui/error-box'
import { FormField } from '@/ui/form-field'
import { formatCount } from '@/ui/format'
import { ProgressBar } from '@/ui/progress-bar'
import { TextInput } from '@/ui/text-input'
import { BadRows } from './bad-rows'
import { EncodingChoice } from './encoding-choice'
import { LeftOut } from './left-out'
import { ImportPreviewTable } from './import-preview-table'
import type { ImportStep } from './import-step'
import type { Importer } from './use-import'

interface ImportDialogProps {
  readonly importer: Importer
  readonly onPickFile: () => void
  /** The project has a dataset, which this one takes the place of. */
  readonly replaces: boolean
}

/** From the chosen file to the stored dataset: nothing is kept until the user confirms. */
export function ImportDialog({ importer, onPickFile, replaces }: ImportDialogProps) {
  const { step } = importer
  const onOpenChange = (open: boolean) => {
    if (!open) importer.cancel()
  }
  if (step.kind === 'reading') {
    return (
      <Dialog open onOpenChange={onOpenChange} title={`Reading ${step.name}`} footer={<Button onClick={importer.cancel}>Cancel</Button>}>
        <ProgressBar value={step.share * 100} max={100} label={`Reading ${step.name}`} valueText={wholePercent(step.share)} />
        <p className="mt-2 text-soft">The file is read in your browser; large files take a moment.</p>
      </Dialog>
    )
  }
  if (step.kind === 'failed') {
    return (
      <Dialog
        open
        onOpenChange={onOpenChange}
        title="This file cannot be imported"
        footer={
          <>
            <Button onClick={importer.cancel}>Close</Button>
            <Button
              variant="primary"
              onClick={() => {
                importer.cancel()
                onPickFile()
              }}
            >
              Choose another file
            </Button>
          </>
        }
      >
        <ErrorBox title={step.name} message={step.problem} />
      </Dialog>
    )
  }
  // The key gives each file a new form.
  if (step.kind === 'preview') return <PreviewDialog key={step.preview.importId} step={step} importer={importer} replaces={replaces} />
  return null
}

interface PreviewDialogProps {
  readonly step: Extract<ImportStep, { kind: 'preview' }>
  readonly importer: Importer
  readonly replaces: boolean
}

function PreviewDialog({ step: { name: fileName, preview, isStoring, problem }, importer, replaces }: PreviewDialogProps) {
  const [name, setName] = useState(fileName.replace(/\.(csv|tsv|txt|jsonl?|ndjson)$/i, ''))
  const graph = useProject(project => project.graph)
  const [columns, setColumns] = useState<readonly Column[]>(() => withFiles(graph, preview.columns))
  const change = (id: string, patch: { name?: string; type?: ColumnType }) =>
    setColumns(columns.map(column => (column.id === id ? { ...column, ...patch } : column)))
  const columnProblem = problemOf(columns)
  const canImport = preview.rowCount > 0 && columnProblem === undefined && name.trim() !== ''
  return (
    <Dialog
      open
      onOpenChange={open => !open && !isStoring && importer.cancel()}
      size="xl"
      title="Check before importing"
      description={
        <>
          {fileName} · {[formatNames[preview.format], ...preview.details].join(' · ')}
        </>
      }
      footer={
        <>
          {replaces && <p className="mr-auto text-sm text-soft">This takes the place of the dataset this project uses now.</p>}
          <Button onClick={importer.cancel} disabled={isStoring}>
            Cancel
          </Button>
          <Button variant="primary" loading={isStoring} disabled={!canImport} onClick={() => importer.confirm(name.trim(), columns)}>
            Import {formatCount(preview.rowCount)} {preview.rowCount === 1 ? 'row' : 'rows'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {problem !== undefined && <ErrorBox title="The rows could not be stored" message={problem} />}
        {preview.rowCount === 0 && (
          <ErrorBox
            title="There are no rows to import"
            message="Every row of this file is empty or cannot be read. Check the file, then choose it again."
          />
        )}
        <FormField label="Name of the dataset" className="max-w-sm" error={name.trim() === '' ? 'Give the dataset a name.' : undefined}>
          <TextInput value={name} onChange={setName} />
        </FormField>
        {preview.encoding && <EncodingChoice encoding={preview.encoding} onChoose={importer.readAgain} />}
        <ImportPreviewTable columns={columns} rows={preview.firstRows} rowCount={preview.rowCount} onChange={change} />
        {columnProblem !== undefined && (
          <p role="alert" className="text-sm text-bad-text">
            {columnProblem}
          </p>
        )}
        <LeftOut words={preview.leftOut} />
        <BadRows count={preview.badRowCount} rows={preview.badRows} />
      </div>
    </Dialog>
  )
}

/** Columns that are likely to feed a file of the program hold files, whatever their text looks like: file names say nothing here. */
function withFiles(graph: ProgramGraph, columns: readonly Column[]): readonly Column[] {
  const { inputs } = guessMapping(graph, columns)
  const kinds = new Map(
    programInputs(graph).flatMap(({ id, type }) =>
      holdsFile(type) ? [[inputs[id], typesWithin(type).map(({ kind }) => kind)] as const] : [],
    ),
  )
  return columns.map(column => {
    const within = column.type === 'str' ? kinds.get(column.id) : undefined
    const type = (['image', 'audio', 'file'] as const).find(kind => within?.includes(kind))
    return type === undefined ? column : { ...column, type }
  })
}

const formatNames = { csv: 'CSV', jsonl: 'JSON Lines', json: 'JSON' }

function problemOf(columns: readonly Column[]): string | undefined {
  if (columns.some(column => column.name.trim() === '')) return 'Every column needs a name.'
  const twice = columns.find((column, index) => columns.findIndex(other => other.name.trim() === column.name.trim()) !== index)
  return twice === undefined ? undefined : `Two columns are called "${twice.name}". Rename one.`
}
