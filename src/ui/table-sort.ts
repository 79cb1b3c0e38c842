export interface TableSort {
  readonly id: string
  readonly direction: 'asc' | 'desc'
}

type SortValue = string | number | boolean | null | undefined

interface Sortable<T> {
  readonly id: string
  readonly sortValue?: (row: T) => SortValue
}

/** Pressing a column's title: ascending, descending, then the order the rows came in. */
export function nextSort(sort: TableSort | undefined, columnId: string): TableSort | undefined {
  if (sort?.id !== columnId) return { id: columnId, direction: 'asc' }
  return sort.direction === 'asc' ? { id: columnId, direction: 'desc' } : undefined
}

/** Rows in the asked order; rows without a value last, ties as they came. */
export function sortRows<T>(rows: readonly T[], columns: readonly Sortable<T>[], sort: TableSort | undefined): readonly T[] {
  const value = columns.find(column => column.id === sort?.id)?.sortValue
  if (!sort || !value) return rows
  const sign = sort.direction === 'asc' ? 1 : -1
  const keyed = rows.map(row => ({ row, key: value(row) }))
  keyed.sort((a, b) => {
    if (isMissing(a.key) || isMissing(b.key)) return Number(isMissing(a.key)) - Number(isMissing(b.key))
    return sign * compare(a.key, b.key)
  })
  return keyed.map(({ row }) => row)
}

function isMissing(value: SortValue): value is null | undefined {
  return value === null || value === undefined || Number.isNaN(value)
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function compare(a: string | number | boolean, b: string | number | boolean): number {
  if (typeof a === 'string' || typeof b === 'string') return collator.compare(String(a), String(b))
  return Number(a) - Number(b)
}
