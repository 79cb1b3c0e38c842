import { useMemo } from 'react'
import type { Example, ExampleId } from '@/engine/base/example'
import { cellText } from '@/engine/data/cell-text'
import { toExample } from '@/engine/data/mapping'
import { splitOf } from '@/engine/data/split'
import type { Column, DataRow, SplitSpec } from '@/engine/project/project'
import { useProject } from '@/state/document/project-store'
import { useDataset, useDatasetRows } from '@/state/session/queries'
import { useSession } from '@/state/session/session-store'

export interface Rows {
  /** All but the sealed rows of the test split: what nobody looks at while building. */
  readonly rows: readonly NumberedRow[]
  readonly sealedCount: number
  readonly columns: readonly Column[]
  readonly isLoading: boolean
  exampleOf(row: DataRow): Example
}

/** A row with its 1-based place in the dataset. */
export interface NumberedRow {
  readonly row: DataRow
  readonly number: number
}

/** The rows of the project's dataset, each as the program would see it. */
export function useRows(): Rows {
  const datasetId = useProject(project => project.datasetId)
  const graph = useProject(project => project.graph)
  const mapping = useProject(project => project.mapping)
  const split = useProject(project => project.split)
  const dataset = useDataset(datasetId)
  const rows = useDatasetRows(datasetId)
  const columns = dataset.data?.columns ?? noColumns
  const all = datasetId === undefined ? undefined : rows.data
  const open = useMemo(() => openRows(all ?? noRows, split), [all, split])
  return useMemo(
    () => ({
      rows: open,
      sealedCount: (all?.length ?? 0) - open.length,
      columns,
      isLoading: datasetId !== undefined && (rows.isLoading || dataset.isLoading),
      exampleOf: row => toExample(row, columns, graph, mapping),
    }),
    [datasetId, all, open, rows.isLoading, dataset.isLoading, columns, graph, mapping],
  )
}

function openRows(rows: readonly DataRow[], split: SplitSpec): readonly NumberedRow[] {
  return rows.map((row, index) => ({ row, number: index + 1 })).filter(({ row }) => splitOf(row.id, split) !== 'test')
}

export interface ActiveRow {
  readonly id: ExampleId
  /** 1-based place in the dataset. */
  readonly number: number
  readonly example: Example
}

/** The row that Run takes and the prompt tab shows: the chosen one, else the first. */
export function useActiveRow(): ActiveRow | undefined {
  const { rows, exampleOf } = useRows()
  const chosen = useSession(session => session.activeRowId)
  return useMemo(() => {
    const active = rows.find(({ row }) => row.id === chosen) ?? rows[0]
    return active && { id: active.row.id, number: active.number, example: exampleOf(active.row) }
  }, [rows, chosen, exampleOf])
}

/** A row in one line: what it feeds the program. */
export function rowWords(example: Example): string {
  return Object.values(example.inputs).map(cellText).join(' · ')
}

const noRows: readonly DataRow[] = []
const noColumns: readonly Column[] = []
