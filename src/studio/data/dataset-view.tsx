import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import type { ExampleId } from '@/engine/base/example'
import { splitOf } from '@/engine/data/split'
import type { DataRow, DatasetMeta } from '@/engine/project/project'
import type { FieldId } from '@/engine/signature/signature'
import { setCell } from '@/state/data/dataset-commands'
import { setMediaCell } from '@/state/data/media-cell'
import { useProject } from '@/state/document/project-store'
import { sessionStore, setActiveRow, setDataFocus, useSession } from '@/state/session/session-store'
import { Button } from '@/ui/button'
import { EmptyState } from '@/ui/empty-state'
import { ErrorBoundary } from '@/ui/error-boundary'
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

interface ChosenRows {
  readonly title: string
  readonly ids: ReadonlySet<ExampleId>
}

/** The table at the left; mapping, split and the sealed test rows at the right. */
export function DatasetView({ dataset, rows, onPickFile, onPasteText }: DatasetViewProps) {
  const split = useProject(project => project.split)
  const activeRowId = useSession(session => session.activeRowId)
  const [query, setQuery] = useState('')
  const { wanted, field } = useWanted()
  const [filter, setFilter] = useState<RowFilter>(wanted ? 'chosen' : 'all')
  const [chosen, setChosen] = useState<ChosenRows>({ title: 'Chosen', ids: new Set(wanted) })
  const [selected, setSelected] = useState<ReadonlySet<ExampleId>>(new Set())
  const deferredQuery = useDeferredValue(query)
  const numbers = useMemo(() => new Map(rows.map((row, index) => [row.id, index + 1])), [rows])
  const shown = useMemo(() => {
    const found = searchRows(rows, dataset.columns, deferredQuery)
    if (filter === 'all') return found
    if (filter === 'chosen') return found.filter(row => chosen.ids.has(row.id))
    return found.filter(row => splitOf(row.id, split) === filter)
  }, [rows, dataset.columns, deferredQuery, filter, chosen, split])
  // A row that was removed, here or in another tab, is selected no more.
  const present = useMemo(() => new Set([...selected].filter(id => numbers.has(id))), [selected, numbers])

  return (
    <div className="flex h-full min-h-0 max-md:block max-md:overflow-y-auto">
      <section aria-label="Dataset" className="flex min-w-0 flex-1 flex-col max-md:h-[85%] max-md:min-h-80">
        <DatasetHeader
          dataset={dataset}
          rows={rows}
          shownCount={shown.length}
          selected={present}
          query={query}
          onQuery={setQuery}
          filter={filter}
          onFilter={setFilter}
          chosenTitle={chosen.title}
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
              title={rows.length === 0 ? 'This dataset has no rows' : 'No row matches'}
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
              onFile={(row, { id, kind }, given) => setMediaCell(dataset.id, row, { column: id, kind, given })}
            />
          )}
        </div>
      </section>
      <aside
        aria-labelledby="data-use"
        className="w-[340px] shrink-0 overflow-y-auto border-l border-line bg-surface max-md:w-auto max-md:overflow-visible max-md:border-t max-md:border-l-0"
      >
        <h2 id="data-use" className="sr-only">
          Use of the data
        </h2>
        <ErrorBoundary place="The mapping">
          <MappingPanel columns={dataset.columns} rows={rows} wanted={field} />
        </ErrorBoundary>
        <ErrorBoundary place="The splits">
          <SplitPanel
            columns={dataset.columns}
            rows={rows}
            onShowSplit={setFilter}
            onShowDuplicates={ids => {
              setChosen({ title: 'Duplicates', ids })
              setQuery('')
              setFilter('chosen')
            }}
          />
        </ErrorBoundary>
        <ErrorBoundary place="The test split">
          <TestPanel rows={rows} />
        </ErrorBoundary>
      </aside>
    </div>
  )
}

/** What the screen was opened to show. It holds for this visit: the next one starts with all rows. */
function useWanted(): { readonly wanted: readonly ExampleId[] | undefined; readonly field: FieldId | undefined } {
  const [focus] = useState(() => sessionStore.getState().dataFocus)
  useEffect(() => setDataFocus(undefined), [])
  return { wanted: focus?.kind === 'rows' ? focus.rows : undefined, field: focus?.kind === 'mapping' ? focus.field : undefined }
}
