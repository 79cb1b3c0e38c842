import { useVirtualizer } from '@tanstack/react-virtual'
import { useId, useMemo, useRef, useState, type ClipboardEvent, type KeyboardEvent } from 'react'
import { isFileCell } from '@/lib/cell-types'
import type { Json } from '@/lib/json'
import type { MediaKind } from '@/engine/blobs/media'
import type { ExampleId } from '@/engine/base/example'
import { splitOf } from '@/engine/data/split'
import type { Column, ColumnId, DataRow, SplitSpec } from '@/engine/project/project'
import { errorSentence, notify } from '@/state/session/notices'
import { cx } from '@/ui/cx'
import type { Leave } from './cell-editor'
import { cellText } from '@/engine/data/cell-text'
import { gridTemplate } from './grid-template'
import { GridHeader } from './grid-header'
import { RowCells, type CellPlace } from './row-cells'
import { useTurns } from '@/ui/use-turns'

interface RowGridProps {
  readonly columns: readonly Column[]
  /** The rows in view after search and filters. */
  readonly rows: readonly DataRow[]
  /** Place of each row in the whole dataset, from 1. */
  readonly numbers: ReadonlyMap<ExampleId, number>
  readonly split: SplitSpec
  readonly selected: ReadonlySet<ExampleId>
  readonly activeRowId: ExampleId | undefined
  readonly onSelect: (ids: ReadonlySet<ExampleId>) => void
  readonly onEdit: (row: DataRow, column: Column, value: Json) => void
  /** Stores an image, a recording or a file as the value of a cell. Rejects with a sentence to show. */
  readonly onFile: (row: DataRow, column: { readonly id: ColumnId; readonly kind: MediaKind }, given: Blob | string) => Promise<void>
  readonly onActivate: (id: ExampleId) => void
}

/** The rows as a grid one moves through by arrows and edits in place. Draws only what is in view. */
export function RowGrid(props: RowGridProps) {
  const { columns, rows, numbers, split, selected, activeRowId, onSelect, onEdit, onFile, onActivate } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<CellPlace>({ row: 0, column: 0 })
  const [editing, setOpen] = useState<{ readonly text: string }>()
  const turns = useTurns()
  const [isFocused, setFocused] = useState(false)
  const place = { row: Math.min(cursor.row, rows.length - 1), column: Math.min(cursor.column, columns.length - 1) }

  // The virtualizer's answers change without its identity; nothing here is memoized on them.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollPaddingStart: rowHeight,
    scrollPaddingEnd: rowHeight,
  })
  const template = useMemo(() => gridTemplate(columns, rows), [columns, rows])

  function moveTo(row: number, column: number) {
    const next = { row: clamp(row, rows.length), column: clamp(column, columns.length) }
    setCursor(next)
    virtual.scrollToIndex(next.row)
  }

  function startEdit(text: string) {
    if (rows[place.row] !== undefined && columns[place.column] !== undefined) setEditing({ text })
  }

  function toggle(rowId: ExampleId) {
    const next = new Set(selected)
    if (!next.delete(rowId)) next.add(rowId)
    onSelect(next)
  }

  function commit(row: DataRow, value: Json, leave: Leave) {
    const column = columns[place.column]
    setEditing(undefined)
    if (column !== undefined && JSON.stringify(row.cells[column.id] ?? null) !== JSON.stringify(value)) onEdit(row, column, value)
    if (leave === 'stay') return
    scroller.current?.focus()
    if (leave === 'down') moveTo(place.row + 1, place.column)
    else if (leave === 'left') moveTo(place.row, place.column - 1)
    else if (place.column < columns.length - 1) moveTo(place.row, place.column + 1)
    else moveTo(place.row + 1, 0)
  }

  function setEditing(next: { readonly text: string } | undefined) {
    // A file that is still being stored belongs to the cell before.
    turns.end()
    setOpen(next)
  }

  async function takeFile(row: DataRow, at: number, given: Blob | string) {
    const column = columns[at]
    if (column === undefined || !isFileCell(column.type)) return
    const turn = turns.next()
    await onFile(row, { id: column.id, kind: column.type }, given)
    // Another cell may be open by now.
    turn.take(() => {
      setOpen(undefined)
      scroller.current?.focus()
    })()
  }

  /** A file for the cell at the cursor: anything else that is pasted is taken for data to import. */
  function onPaste(event: ClipboardEvent<HTMLDivElement>) {
    const row = rows[place.row]
    const column = columns[place.column]
    const [file] = event.clipboardData.files
    if (event.target !== event.currentTarget || row === undefined || file === undefined) return
    if (column === undefined || !isFileCell(column.type)) return
    event.preventDefault()
    event.stopPropagation()
    takeFile(row, place.column, file).catch(tellRefusal)
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const row = rows[place.row]
    const column = columns[place.column]
    if (event.target !== event.currentTarget || row === undefined || column === undefined) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2)
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(place.row + 1, place.column),
      ArrowUp: () => moveTo(place.row - 1, place.column),
      ArrowRight: () => moveTo(place.row, place.column + 1),
      ArrowLeft: () => moveTo(place.row, place.column - 1),
      PageDown: () => moveTo(place.row + page, place.column),
      PageUp: () => moveTo(place.row - page, place.column),
      Home: () => moveTo(0, place.column),
      End: () => moveTo(rows.length - 1, place.column),
      Enter: () => startEdit(cellText(row.cells[column.id])),
      F2: () => startEdit(cellText(row.cells[column.id])),
      Delete: () => onEdit(row, column, column.type === 'str' ? '' : null),
      ' ': () => toggle(row.id),
    }
    const act = keys[event.key] ?? (event.key.length === 1 ? () => startEdit(event.key) : undefined)
    if (act === undefined) return
    event.preventDefault()
    act()
  }

  const areAllSelected = rows.length > 0 && rows.every(row => selected.has(row.id))
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Rows"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 3}
      aria-multiselectable="true"
      aria-activedescendant={isFocused && rows.length > 0 ? `${id}-${place.row}-${place.column}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      onFocus={event => setFocused(event.target === event.currentTarget)}
      onBlur={() => setFocused(false)}
      className="relative h-full min-h-0 overflow-auto bg-surface focus-visible:outline-offset-[-2px]"
    >
      <div role="presentation" style={{ minWidth: 160 + columns.length * 160 }} className="min-w-full">
        <GridHeader
          columns={columns}
          template={template}
          selectAll={
            <input
              type="checkbox"
              aria-label={areAllSelected ? 'Select no rows' : 'Select all shown rows'}
              checked={areAllSelected}
              onChange={() => onSelect(areAllSelected ? new Set() : new Set(rows.map(row => row.id)))}
              className="size-4 accent-accent"
            />
          }
        />
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(item => {
            const row = rows[item.index]
            if (row === undefined) return null
            const isCursorRow = item.index === place.row
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={selected.has(row.id)}
                style={{ ...template, height: rowHeight, transform: `translateY(${item.start}px)` }}
                className={cx(
                  'group absolute inset-x-0 top-0 grid items-center border-b border-line',
                  selected.has(row.id) ? 'bg-accent-soft' : 'hover:bg-hover',
                  isCursorRow && editing !== undefined && 'z-10',
                )}
              >
                <RowCells
                  id={id}
                  row={row}
                  rowIndex={item.index}
                  number={numbers.get(row.id) ?? 0}
                  columns={columns}
                  split={splitOf(row.id, split)}
                  isSelected={selected.has(row.id)}
                  isActive={row.id === activeRowId}
                  cursorColumn={isCursorRow ? place.column : undefined}
                  isGridFocused={isFocused}
                  editText={isCursorRow ? editing?.text : undefined}
                  onToggle={() => toggle(row.id)}
                  onActivate={() => onActivate(row.id)}
                  onPlace={column => {
                    setEditing(undefined)
                    setCursor({ row: item.index, column })
                    scroller.current?.focus({ preventScroll: true })
                  }}
                  onOpen={column => {
                    setCursor({ row: item.index, column })
                    setEditing({ text: cellText(row.cells[columns[column]?.id ?? '']) })
                  }}
                  onCommit={(value, leave) => commit(row, value, leave)}
                  onFile={(column, given) => takeFile(row, column, given)}
                  onDropFile={(column, file) => {
                    setCursor({ row: item.index, column })
                    takeFile(row, column, file).catch(tellRefusal)
                  }}
                  onClose={byKey => {
                    setEditing(undefined)
                    if (byKey) scroller.current?.focus()
                  }}
                  onCancel={() => {
                    setEditing(undefined)
                    scroller.current?.focus()
                  }}
                />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function tellRefusal(error: unknown): void {
  notify({ title: 'This file was not taken', detail: errorSentence(error), tone: 'bad' })
}

const rowHeight = 36

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index))
}
