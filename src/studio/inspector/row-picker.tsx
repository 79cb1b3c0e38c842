import { cellText } from '@/engine/data/cell-text'
import { useMemo, useRef, useState, type ReactNode } from 'react'
import { Search } from 'lucide-react'
import type { DataRow } from '@/engine/project/project'
import { Popover } from '@/ui/popover'
import { TextInput } from '@/ui/text-input'
import { rowWords, useRows } from './active-row'

interface RowPickerProps {
  readonly label: string
  /** One button. */
  readonly trigger: ReactNode
  readonly onPick: (row: DataRow) => void
}

/** A searchable list of the dataset's rows. Only so many are drawn: one searches, rather than scrolls, for the others. */
export function RowPicker({ label, trigger, onPick }: RowPickerProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover trigger={trigger} label={label} open={isOpen} onOpenChange={setOpen} align="end" className="row-picker">
      {isOpen && (
        <RowList
          onPick={row => {
            onPick(row)
            setOpen(false)
          }}
        />
      )}
    </Popover>
  )
}

function RowList({ onPick }: { onPick: (row: DataRow) => void }) {
  const { rows, sealedCount, exampleOf, isLoading } = useRows()
  const [query, setQuery] = useState('')
  const list = useRef<HTMLUListElement>(null)
  const found = useMemo(() => {
    const words = query.trim().toLowerCase()
    return words === ''
      ? rows
      : rows.filter(({ row, number }) => `${number} ${Object.values(row.cells).map(cellText).join(' ')}`.toLowerCase().includes(words))
  }, [rows, query])
  const buttons = () => [...(list.current?.querySelectorAll('button') ?? [])]
  const step = (from: number, by: number) => buttons()[Math.max(0, Math.min(from + by, buttons().length - 1))]?.focus()
  return (
    <>
      <TextInput
        label="Search rows"
        icon={<Search />}
        placeholder={`Search ${rows.length} rows`}
        value={query}
        onChange={setQuery}
        autoFocus
        onKeyDown={event => {
          if (event.key === 'ArrowDown') step(-1, 1)
          if (event.key === 'Enter' && found[0]) onPick(found[0].row)
        }}
      />
      <ul ref={list} className="row-list">
        {found.slice(0, shownRowCount).map(({ row, number }, index) => (
          <li key={row.id}>
            <button
              type="button"
              onClick={() => onPick(row)}
              onKeyDown={event => {
                if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
                event.preventDefault()
                step(index, event.key === 'ArrowDown' ? 1 : -1)
              }}
            >
              <span className="row-number">{number}</span>
              <span className="row-words">{rowWords(exampleOf(row)) || Object.values(row.cells).map(cellText).join(' · ')}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="inspector-faint">
          {isLoading ? 'Reading the rows…' : rows.length === 0 ? 'The dataset has no rows.' : 'No row contains that.'}
        </p>
      )}
      {sealedCount > 0 && <p className="inspector-faint">The {sealedCount} rows of the test split are sealed and not listed.</p>}
      {found.length > shownRowCount && <p className="inspector-faint">{found.length - shownRowCount} more: search to narrow them down.</p>}
    </>
  )
}

const shownRowCount = 60
