import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useEffectEvent, useId, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from './cx'
import { ErrorBoundary } from './error-boundary'
import { TableHeader } from './table-header'
import { nextSort, sortRows, type TableSort } from './table-sort'

export interface TableColumn<T> {
  readonly id: string
  readonly title: ReactNode
  /** Pixels, or a share of what is left such as `1fr` or `minmax(120px, 2fr)`. */
  readonly width: number | string
  readonly align?: 'left' | 'right' | 'center'
  /** The last column only: it stays in view while the others scroll sideways. For what can be done with a row. */
  readonly isPinned?: boolean
  readonly render: (row: T, index: number) => ReactNode
  /** Given: the column can be sorted by it. `undefined` and null go last in both directions. */
  readonly sortValue?: (row: T) => string | number | boolean | null | undefined
}

export interface VirtualTableProps<T> {
  readonly rows: readonly T[]
  readonly columns: readonly TableColumn<T>[]
  readonly rowKey: (row: T, index: number) => string
  readonly rowHeight?: number
  /** Click, Enter or Space on a row. */
  readonly onRowClick?: (row: T, index: number) => void
  readonly selectedKey?: string
  /** Shown in place of rows when there are none. */
  readonly empty?: ReactNode
  readonly label: string
  /** Leave both out and the table keeps its own order. */
  readonly sort?: TableSort
  readonly onSort?: (sort: TableSort | undefined) => void
  /** The narrowest the row may become before the table scrolls sideways. */
  readonly minWidth?: number
  readonly rowClassName?: (row: T) => string | undefined
  readonly className?: string
}

/** A grid that draws the rows in view only. Arrow keys, Page and Home/End move a row cursor; the grid is one tab stop. */
export function VirtualTable<T>(props: VirtualTableProps<T>) {
  const { columns, rowKey, rowHeight = 32, onRowClick, selectedKey, empty, label, rowClassName, className } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [ownSort, setOwnSort] = useState<TableSort>()
  const sort = props.onSort ? props.sort : (props.sort ?? ownSort)
  const rows = useMemo(() => sortRows(props.rows, columns, sort), [props.rows, columns, sort])
  const [cursor, setCursor] = useState<number>()
  const [isFocused, setFocused] = useState(false)
  const active = Math.min(
    cursor ?? Math.max(0, selectedKey === undefined ? 0 : rows.findIndex((row, i) => rowKey(row, i) === selectedKey)),
    rows.length - 1,
  )

  // The virtualizer's answers change without its identity; nothing here is memoized on them.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: headerHeight,
  })
  const template: CSSProperties = {
    gridTemplateColumns: columns.map(column => (typeof column.width === 'number' ? `${column.width}px` : column.width)).join(' '),
  }
  // A row narrower than its columns would leave the last of them outside of itself.
  const minWidth = Math.max(
    props.minWidth ?? 0,
    columns.reduce((sum, { width }) => sum + leastWidth(width), 0),
  )
  const isPinned = columns.some(column => column.isPinned)
  const changeSort = (columnId: string) => {
    const next = nextSort(sort, columnId)
    if (props.onSort) props.onSort(next)
    else setOwnSort(next)
  }
  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index))
    setCursor(next)
    virtual.scrollToIndex(next)
  }
  const pageRows = () => Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - headerHeight) / rowHeight) - 1)
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // Keys typed into a cell's own control belong to that control.
    if (event.target !== event.currentTarget || rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(active + 1),
      ArrowUp: () => moveTo(active - 1),
      PageDown: () => moveTo(active + pageRows()),
      PageUp: () => moveTo(active - pageRows()),
      Home: () => moveTo(0),
      End: () => moveTo(rows.length - 1),
      Enter: () => open(active),
      ' ': () => open(active),
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    move()
  }
  const open = (index: number) => {
    const row = rows[index]
    if (row !== undefined) onRowClick?.(row, index)
  }
  const items = virtual.getVirtualItems()
  const selectedIndex = selectedKey === undefined ? -1 : rows.findIndex((row, index) => rowKey(row, index) === selectedKey)
  // A choice made elsewhere, such as by a key, is brought into view; rows that move under a choice are not followed.
  const showSelected = useEffectEvent(() => {
    if (selectedIndex < 0) return
    setCursor(selectedIndex)
    virtual.scrollToIndex(selectedIndex)
  })
  const isSelectionShown = selectedIndex >= 0
  useEffect(() => {
    if (isSelectionShown) showSelected()
  }, [selectedKey, isSelectionShown])
  const isActiveDrawn = items.some(item => item.index === active)

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={isFocused && isActiveDrawn ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={event => setFocused(event.target === event.currentTarget)}
      onBlur={() => setFocused(false)}
      className={cx('relative h-full min-h-0 overflow-auto focus-visible:outline-offset-[-2px]', className)}
    >
      <div role="presentation" style={{ minWidth }} className="min-w-full">
        <TableHeader columns={columns} template={template} sort={sort} onSort={changeSort} />
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {items.map(item => {
            const row = rows[item.index]
            if (row === undefined) return null
            const key = rowKey(row, item.index)
            const isActive = isFocused && item.index === active
            return (
              // The grid takes the keys for all its rows; a row only needs the pointer.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
              <div
                key={key}
                id={`${id}-${item.index}`}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={selectedKey === undefined ? undefined : key === selectedKey}
                onClick={() => {
                  setCursor(item.index)
                  onRowClick?.(row, item.index)
                }}
                style={{ ...template, height: rowHeight, transform: `translateY(${item.start}px)` }}
                className={cx(
                  'absolute inset-x-0 top-0 grid items-center border-b border-line',
                  isPinned && key !== selectedKey && 'bg-surface',
                  key === selectedKey ? 'bg-accent-soft' : onRowClick && 'hover:bg-hover',
                  isActive && 'outline-2 outline-offset-[-2px] outline-accent',
                  rowClassName?.(row),
                )}
              >
                <ErrorBoundary place="This row" resetKey={row} fallback={fault => <BrokenRow columnCount={columns.length} {...fault} />}>
                  <Cells row={row} index={item.index} columns={columns} />
                </ErrorBoundary>
              </div>
            )
          })}
        </div>
      </div>
      {rows.length === 0 && empty !== undefined && <div className="sticky left-0">{empty}</div>}
    </div>
  )
}

/** Drawn apart from the table, so that a row that cannot be drawn takes no other with it. */
function Cells<T>({ row, index, columns }: { readonly row: T; readonly index: number; readonly columns: readonly TableColumn<T>[] }) {
  return columns.map((column, at) => (
    <div
      key={column.id}
      role="gridcell"
      aria-colindex={at + 1}
      className={cx('min-w-0 truncate px-3', alignments[column.align ?? 'left'], column.isPinned && pinned)}
    >
      {column.render(row, index)}
    </div>
  ))
}

function BrokenRow({ columnCount, error }: { readonly columnCount: number; readonly error: Error }) {
  return (
    <div
      role="gridcell"
      aria-colindex={1}
      aria-colspan={columnCount}
      className="col-span-full truncate px-3 text-bad-text"
      title={error.message}
    >
      This row could not be shown: {error.message}
    </div>
  )
}

/** Pixels that a column takes at least: its width, or the lower end of its `minmax`. */
function leastWidth(width: number | string): number {
  return typeof width === 'number' ? width : Number(/^minmax\((\d+)px/.exec(width)?.[1] ?? 0)
}

const pinned = 'sticky right-0 bg-inherit'
const headerHeight = 32
const alignments = { left: 'text-left', right: 'text-right tabular', center: 'text-center' }
