import { isFileRef } from '@/engine/blobs/blob-ref'
import { isFileCell } from '@/lib/cell-types'
import { Play } from 'lucide-react'
import type { Json } from '@/lib/json'
import type { Split } from '@/engine/data/split'
import type { Column, DataRow } from '@/engine/project/project'
import { valueContent } from '@/state/runs/value-text'
import { cx } from '@/ui/cx'
import { InlineContent } from '@/ui/inline-content'
import { whenShown } from '@/ui/when-shown'
import { CellEditor, type Leave } from './cell-editor'
import { cellText } from '@/engine/data/cell-text'
import { SplitBadge } from './split-badge'

/** Few datasets hold files. */
const MediaCellEditor = whenShown(async () => (await import('./media-cell-editor')).MediaCellEditor)

export interface CellPlace {
  readonly row: number
  readonly column: number
}

interface RowCellsProps {
  readonly id: string
  readonly row: DataRow
  readonly rowIndex: number
  readonly number: number
  readonly columns: readonly Column[]
  readonly split: Split
  readonly isSelected: boolean
  /** It is the row that Run row takes. */
  readonly isActive: boolean
  /** The column of the cursor when it is in this row. */
  readonly cursorColumn: number | undefined
  readonly isGridFocused: boolean
  /** Set while the cell at the cursor is edited. */
  readonly editText: string | undefined
  readonly onToggle: () => void
  readonly onActivate: () => void
  readonly onPlace: (column: number) => void
  readonly onOpen: (column: number) => void
  readonly onCommit: (value: Json, leave: Leave) => void
  /** A file for a cell of a column of files. */
  readonly onFile: (column: number, given: Blob | string) => Promise<void>
  /** A file was dropped on a cell of a column of files. */
  readonly onDropFile: (column: number, file: Blob) => void
  /** The box over a file was left. */
  readonly onClose: (byKey: boolean) => void
  readonly onCancel: () => void
}

export function RowCells(props: RowCellsProps) {
  const { id, row, rowIndex, number, columns, split, cursorColumn, editText } = props
  return (
    <>
      <div role="gridcell" className="flex justify-center">
        {/* Space does the same from the grid, so that the grid stays one tab stop. */}
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Select row ${number}`}
          checked={props.isSelected}
          onChange={props.onToggle}
          className="size-4 accent-accent"
        />
      </div>
      <div role="gridcell" className="flex items-center justify-end gap-1 px-2 text-sm text-faint tabular">
        <button
          type="button"
          tabIndex={-1}
          aria-label={props.isActive ? `Row ${number} is the row that Run row takes` : `Let Run row take row ${number}`}
          title={props.isActive ? 'Run row takes this row' : 'Let Run row take this row'}
          onClick={props.onActivate}
          className={cx(
            'rounded-sm p-0.5 hover:text-accent-text focus-visible:opacity-100',
            props.isActive ? 'text-accent-text' : 'opacity-0 group-hover:opacity-100',
          )}
        >
          <Play className="size-3" fill={props.isActive ? 'currentColor' : 'none'} />
        </button>
        {number}
      </div>
      <div role="gridcell" className="px-2">
        <SplitBadge split={split} />
      </div>
      {columns.map((column, index) => {
        const text = cellText(row.cells[column.id])
        const hasCursor = cursorColumn === index
        return (
          // The grid takes the keys for all its cells; a cell only needs the pointer.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
          <div
            key={column.id}
            id={`${id}-${rowIndex}-${index}`}
            role="gridcell"
            aria-colindex={index + 4}
            onClick={() => !(hasCursor && editText !== undefined) && props.onPlace(index)}
            onDoubleClick={() => props.onOpen(index)}
            onDrop={event => {
              const [file] = event.dataTransfer.files
              if (file === undefined || !isFileCell(column.type)) return
              event.preventDefault()
              props.onDropFile(index, file)
            }}
            className={cx(
              'relative flex h-full min-w-0 items-center px-3',
              (column.type === 'int' || column.type === 'float') && 'tabular',
              column.type === 'json' && 'font-mono text-sm',
              hasCursor && props.isGridFocused && 'outline-2 outline-offset-[-2px] outline-accent',
            )}
          >
            {isFileRef(row.cells[column.id]) ? (
              <InlineContent content={valueContent(row.cells[column.id])} size="line" />
            ) : (
              <span className="truncate" title={text.length > 24 ? text : undefined}>
                {text}
              </span>
            )}
            {hasCursor &&
              editText !== undefined &&
              (isFileCell(column.type) ? (
                <MediaCellEditor
                  column={column}
                  kind={column.type}
                  value={row.cells[column.id]}
                  onGive={given => props.onFile(index, given)}
                  onLink={address => props.onCommit(address, 'stay')}
                  onClear={() => props.onCommit(null, 'stay')}
                  onLeave={props.onClose}
                />
              ) : (
                <CellEditor column={column} text={editText} onCommit={props.onCommit} onCancel={props.onCancel} />
              ))}
          </div>
        )
      })}
    </>
  )
}
