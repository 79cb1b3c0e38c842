import { Copy } from 'lucide-react'
import { useMemo } from 'react'
import type { ExampleId } from '@/engine/base/example'
import { duplicateRows } from '@/engine/data/mapping'
import type { Column, DataRow, SplitSpec } from '@/engine/project/project'
import { removeRows } from '@/state/data/dataset-commands'
import { useProject } from '@/state/document/project-store'
import { Button } from '@/ui/button'

interface DuplicatesNoteProps {
  readonly columns: readonly Column[]
  readonly rows: readonly DataRow[]
  readonly split: SplitSpec
  readonly onShow: (ids: ReadonlySet<ExampleId>) => void
}

const listedCount = 5

/** Rows with the same inputs in more than one split: a score on them is a score on seen rows. */
export function DuplicatesNote({ columns, rows, split, onShow }: DuplicatesNoteProps) {
  const graph = useProject(project => project.graph)
  const mapping = useProject(project => project.mapping)
  const datasetId = useProject(project => project.datasetId)
  const groups = useMemo(() => duplicateRows(rows, { graph, columns, mapping, split }), [rows, graph, columns, mapping, split])
  const numbers = useMemo(() => new Map(rows.map((row, index) => [row.id, index + 1])), [rows])
  if (groups.length === 0) return null
  const extra = groups.flatMap(group => group.rows.slice(1).map(row => row.id))
  return (
    <section aria-label="Duplicates across splits" className="mt-3 rounded-lg border border-line bg-warn-soft p-2.5">
      <p className="flex gap-1.5 font-medium text-warn-text">
        <Copy className="mt-0.5 size-3.5 shrink-0" aria-hidden="true" />
        {groups.length === 1 ? '1 input is in more than one split' : `${groups.length} inputs are in more than one split`}
      </p>
      <p className="mt-1 text-sm text-soft">A program that saw a row in training scores too high on its copy.</p>
      <ul className="mt-1.5 text-sm">
        {groups.slice(0, listedCount).map(group => (
          <li key={group.rows[0]?.id} className="tabular">
            {group.rows.map(row => `Row ${numbers.get(row.id) ?? '?'} (${row.split})`).join(', ')}
          </li>
        ))}
        {groups.length > listedCount && <li className="text-faint">and {groups.length - listedCount} more</li>}
      </ul>
      <div className="mt-2 flex gap-2">
        <Button size="sm" onClick={() => onShow(new Set(groups.flatMap(group => group.rows.map(row => row.id))))}>
          Show them
        </Button>
        {datasetId !== undefined && (
          <Button size="sm" onClick={() => void removeRows(datasetId, extra)}>
            Keep one of each
          </Button>
        )}
      </div>
    </section>
  )
}
