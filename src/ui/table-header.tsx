import { ArrowDown, ArrowUp } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import { cx } from './cx'
import type { TableSort } from './table-sort'

interface HeaderColumn {
  readonly id: string
  readonly title: ReactNode
  readonly align?: 'left' | 'right' | 'center'
  readonly isPinned?: boolean
  readonly sortValue?: unknown
}

interface TableHeaderProps {
  readonly columns: readonly HeaderColumn[]
  readonly template: CSSProperties
  readonly sort: TableSort | undefined
  readonly onSort: (columnId: string) => void
}

export function TableHeader({ columns, template, sort, onSort }: TableHeaderProps) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        aria-rowindex={1}
        style={template}
        className="grid h-8 items-center border-b border-line bg-sunken text-sm font-medium text-faint"
      >
        {columns.map((column, index) => {
          const direction = sort?.id === column.id ? sort.direction : undefined
          const justify = column.align === 'right' ? 'justify-end' : column.align === 'center' ? 'justify-center' : 'justify-start'
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-colindex={index + 1}
              aria-sort={direction === 'asc' ? 'ascending' : direction === 'desc' ? 'descending' : undefined}
              className={cx('flex h-full min-w-0 items-center px-3', justify, column.isPinned && 'sticky right-0 bg-inherit')}
            >
              {column.sortValue === undefined ? (
                <span className="truncate">{column.title}</span>
              ) : (
                <button
                  type="button"
                  onClick={() => onSort(column.id)}
                  className={cx('-mx-1 inline-flex min-w-0 items-center gap-1 rounded-xs px-1 hover:text-ink', direction && 'text-ink')}
                >
                  <span className="truncate">{column.title}</span>
                  {direction === 'asc' && <ArrowUp className="size-3 shrink-0" aria-hidden="true" />}
                  {direction === 'desc' && <ArrowDown className="size-3 shrink-0" aria-hidden="true" />}
                </button>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
