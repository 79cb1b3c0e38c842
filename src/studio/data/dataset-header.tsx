import { ClipboardPaste, Ellipsis, Play, Plus, Search, Trash2, Unlink, Upload } from 'lucide-react'
import { useMemo } from 'react'
import type { ExampleId } from '@/engine/base/example'
import { countSplits, splits } from '@/engine/data/split'
import type { DataRow, DatasetMeta } from '@/engine/project/project'
import { addRow, detachDataset, removeRows } from '@/state/data/dataset-commands'
import { setDataset } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { useDatasets } from '@/state/session/queries'
import { runRow } from '@/state/runs/actions/run-commands'
import { Button } from '@/ui/button'
import { formatCount } from '@/ui/format'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import type { MenuEntry } from '@/ui/menu-items'
import { Segmented } from '@/ui/segmented'
import { TextInput } from '@/ui/text-input'
import { DatasetName } from './dataset-name'
import { type RowFilter } from './split-facts'

interface DatasetHeaderProps {
  readonly dataset: DatasetMeta
  readonly rows: readonly DataRow[]
  readonly shownCount: number
  readonly selected: ReadonlySet<ExampleId>
  readonly query: string
  readonly onQuery: (query: string) => void
  readonly filter: RowFilter
  /** What the rows of the filter `chosen` are. */
  readonly chosenTitle: string
  readonly onFilter: (filter: RowFilter) => void
  readonly onPickFile: () => void
  readonly onPasteText: () => void
  readonly onRowAdded: () => void
  readonly onSelect: (ids: ReadonlySet<ExampleId>) => void
}

export function DatasetHeader(props: DatasetHeaderProps) {
  const { dataset, rows, shownCount, selected, query, onQuery, filter, onFilter, chosenTitle } = props
  const split = useProject(project => project.split)
  const counts = useMemo(
    () =>
      countSplits(
        rows.map(row => row.id),
        split,
      ),
    [rows, split],
  )
  const filters: { value: RowFilter; label: string }[] = [
    { value: 'all', label: `All ${formatCount(rows.length)}` },
    ...splits.map(name => ({ value: name, label: `${name} ${formatCount(counts[name])}` })),
    ...(filter === 'chosen' ? [{ value: 'chosen' as const, label: chosenTitle }] : []),
  ]
  return (
    <header className="flex flex-col gap-2 border-b border-line bg-surface px-4 py-2">
      <div className="flex items-center gap-2 max-sm:flex-wrap">
        <DatasetName key={dataset.id} dataset={dataset} />
        <span className="flex-1" />
        <Button icon={<Plus />} onClick={() => void addRow(dataset).then(props.onRowAdded)}>
          Add row
        </Button>
        <Button icon={<Upload />} onClick={props.onPickFile}>
          Replace
        </Button>
        <MoreMenu dataset={dataset} onPasteText={props.onPasteText} />
      </div>
      <div className="flex min-h-7 flex-wrap items-center gap-2">
        {selected.size > 0 ? (
          <SelectionBar dataset={dataset} selected={selected} onSelect={props.onSelect} />
        ) : (
          <>
            <div className="w-56">
              <TextInput label="Search rows" placeholder="Search rows" icon={<Search />} value={query} onChange={onQuery} />
            </div>
            <Segmented label="Which rows" size="sm" value={filter} onChange={onFilter} options={filters} />
            {shownCount !== rows.length && (
              <span role="status" className="text-sm text-faint tabular">
                {formatCount(shownCount)} shown
              </span>
            )}
          </>
        )}
      </div>
    </header>
  )
}

function SelectionBar({ dataset, selected, onSelect }: Pick<DatasetHeaderProps, 'dataset' | 'selected' | 'onSelect'>) {
  const [first] = selected
  return (
    <>
      <span role="status" className="font-medium tabular">
        {selected.size === 1 ? '1 row selected' : `${formatCount(selected.size)} rows selected`}
      </span>
      {selected.size === 1 && first !== undefined && (
        <Button size="sm" icon={<Play />} onClick={() => void runRow(first)}>
          Run this row
        </Button>
      )}
      <Button size="sm" variant="danger" icon={<Trash2 />} onClick={() => void removeRows(dataset.id, [...selected])}>
        Remove
      </Button>
      <Button size="sm" variant="ghost" onClick={() => onSelect(new Set())}>
        Clear selection
      </Button>
    </>
  )
}

function MoreMenu({ dataset, onPasteText }: { readonly dataset: DatasetMeta; readonly onPasteText: () => void }) {
  const { data: datasets = [] } = useDatasets()
  const others = datasets.filter(other => other.id !== dataset.id).slice(0, 12)
  const items: MenuEntry[] = [
    { id: 'paste', label: 'Paste text…', icon: <ClipboardPaste />, onSelect: onPasteText },
    { id: 'detach', label: 'Use no dataset', icon: <Unlink />, onSelect: () => void detachDataset() },
    ...(others.length === 0 ? [] : (['separator', { heading: 'Use another dataset' }] as const)),
    ...others.map(other => ({
      id: other.id,
      label: other.name,
      hint: `${formatCount(other.rowCount)} rows`,
      onSelect: () => void setDataset(other.id),
    })),
  ]
  return <Menu align="end" items={items} trigger={<IconButton label="More about this dataset" icon={<Ellipsis />} />} />
}
