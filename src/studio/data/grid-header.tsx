import type { CSSProperties, ReactNode } from 'react'
import type { Column } from '@/engine/project/project'
import { columnTypeNames } from './cell-value'

interface GridHeaderProps {
  readonly columns: readonly Column[]
  readonly template: CSSProperties
  readonly selectAll: ReactNode
}

export function GridHeader({ columns, template, selectAll }: GridHeaderProps) {
  return (
    <div role="rowgroup" className="sticky top-0 z-20">
      <div
        role="row"
        aria-rowindex={1}
        style={template}
        className="grid h-9 items-center border-b border-line bg-sunken text-sm font-medium text-soft"
      >
        <div role="columnheader" className="flex justify-center">
          {selectAll}
        </div>
        <div role="columnheader" className="px-2 text-right">
          Row
        </div>
        <div role="columnheader" className="px-2">
          Split
        </div>
        {columns.map(column => (
          <div key={column.id} role="columnheader" className="flex min-w-0 items-baseline gap-1.5 px-3">
            <span className="truncate text-ink">{column.name}</span>
            <span className="truncate text-xs font-normal text-faint">{columnTypeNames[column.type]}</span>
          </div>
        ))}
      </div>
    </div>
  )
}
