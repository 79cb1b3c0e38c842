import { useMemo } from 'react'
import type { Example, ExampleId } from '@/engine/data/example'
import { programInputs, toExample } from '@/engine/data/mapping'
import type { Column, DataRow } from '@/engine/project/project'
import { useProject } from '@/state/project-store'
import { useDataset, useDatasetRows } from '@/state/queries'
import { useSession } from '@/state/session-store'

export interface Rows {
  readonly rows: readonly DataRow[]
  readonly columns: readonly Column[]
  readonly isLoading: boolean
  exampleOf(row: DataRow): Example
}

/** The rows of the project's dataset, each as the program would see it. */
export function useRows(): Rows {
  const datasetId = useProject(project => project.datasetId)
  const graph = useProject(project => project.graph)
  const mapping = useProject(project => project.mapping)
  const dataset = useDataset(datasetId)
  const rows = useDatasetRows(datasetId)
  const columns = dataset.data?.columns ?? noColumns
  return useMemo(
    () => ({
      rows: datasetId === undefined ? noRows : (rows.data ?? noRows),
      columns,
      isLoading: datasetId !== undefined && (rows.isLoading || dataset.isLoading),
      exampleOf: row => toExample(row, columns, graph, mapping),
    }),
    [datasetId, rows.data, rows.isLoading, dataset.isLoading, columns, graph, mapping],
  )
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
    const found = chosen === undefined ? -1 : rows.findIndex(row => row.id === chosen)
    const index = found < 0 ? 0 : found
    const row = rows[index]
    return row && { id: row.id, number: index + 1, example: exampleOf(row) }
  }, [rows, chosen, exampleOf])
}

/** A row in one line: what it feeds the program. */
export function rowWords(example: Example): string {
  return Object.values(example.inputs).map(textOf).join(' · ')
}

export function useProgramInputs() {
  return useProject(project => programInputs(project.graph))
}

export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const noRows: readonly DataRow[] = []
const noColumns: readonly Column[] = []
