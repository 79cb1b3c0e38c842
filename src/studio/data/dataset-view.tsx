import { useDeferredValue, useMemo, useState } from 'react'
import type { ExampleId } from '@/engine/base/example'
import { splitOf } from '@/engine/data/split'
import type { DataRow, DatasetMeta } from '@/engine/project/project'
import { setCell } from '@/state/data/dataset-commands'
import { useProject } from '@/state/document/project-store'
import { setActiveRow, useSession } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { searchRows } from './cell-value'
import { DatasetHeader } from './dataset-header'
import { MappingPanel } from './mapping-panel'
import { RowGrid } from './row-grid'
import { SealedNote } from './sealed-note'
import type { RowFilter } from './split-facts'
import { SplitPanel } from './split-panel'
import { TestPanel } from './test-panel'

interface DatasetViewProps {
  readonly dataset: DatasetMeta
  readonly rows: readonly DataRow[]
  readonly onPickFile: () => void
  readonly onPasteText: () => void
}

/** The table at the left; mapping, split and the sealed test rows at the right. */
export function DatasetView({ dataset, rows, onPickFile, onPasteText }: DatasetViewProps) {
  const split = useProject(project => project.split)
  const activeRowId = useSession(session => session.activeRowId)
  const [query, setQuery] = useState('')
  const [filter, setFilter] = useState<RowFilter>('all')
  const [duplicateIds, setDuplicateIds] = useState<ReadonlySet<ExampleId>>(new Set())
  const [selected, setSelected] = useState<ReadonlySet<ExampleId>>(new Set())
  const deferredQuery = useDeferredValue(query)
  const numbers = useMemo(() => new Map(rows.map((row, index) => [row.id, index + 1])), [rows])
  const shown = useMemo(() => {
    const found = searchRows(rows, dataset.columns, deferredQuery)
    if (filter === 'all') return found
    if (filter === 'duplicates') return found.filter(row => duplicateIds.has(row.id))
    return found.filter(row => splitOf(row.id, split) === filter)
  }, [rows, dataset.columns, deferredQuery, filter, duplicateIds, split])
  // A row that was removed, here or in another tab, is selected no more.
  const present = useMemo(() => new Set([...selected].filter(id => numbers.has(id))), [selected, numbers])

  return (
    <div className="flex h-full min-h-0">
      <section aria-label="Dataset" className="flex min-w-0 flex-1 flex-col">
        <DatasetHeader
          dataset={dataset}
          rows={rows}
          shownCount={shown.length}
          selected={present}
          query={query}
          onQuery={setQuery}
          filter={filter}
          onFilter={setFilter}
          onPickFile={onPickFile}
          onPasteText={onPasteText}
          onRowAdded={() => {
            setFilter('all')
            setQuery('')
          }}
          onSelect={setSelected}
        />
        {filter === 'test' && <SealedNote />}
        <div className="min-h-0 flex-1">
          {shown.length === 0 ? (
            <EmptyState
              title={rows.length === 0 ? 'This dataset has no rows' : 'No row fits'}
              action={
                rows.length > 0 && (
                  <Button
                    onClick={() => {
                      setQuery('')
                      setFilter('all')
                    }}
                  >
                    Show all rows
                  </Button>
                )
              }
            >
              {rows.length === 0 ? 'Add a row, or import a file in its place.' : 'Try another search or split.'}
            </EmptyState>
          ) : (
            <RowGrid
              columns={dataset.columns}
              rows={shown}
              numbers={numbers}
              split={split}
              selected={present}
              activeRowId={activeRowId}
              onSelect={setSelected}
              onActivate={setActiveRow}
              onEdit={(row, column, value) => void setCell(dataset.id, row, { column: column.id, value })}
            />
          )}
        </div>
      </section>
      <aside aria-labelledby="data-use" className="w-[340px] shrink-0 overflow-y-auto border-l border-line bg-surface">
        <h2 id="data-use" className="sr-only">
          Use of the data
        </h2>
        <MappingPanel columns={dataset.columns} rows={rows} />
        <SplitPanel
          columns={dataset.columns}
          rows={rows}
          onShowSplit={setFilter}
          onShowDuplicates={ids => {
            setDuplicateIds(ids)
            setQuery('')
            setFilter('duplicates')
          }}
        />
        <TestPanel rows={rows} />
      </aside>
    </div>
  )
}
