import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { Json } from '@/lib/json'
import type { Column, ColumnType } from '@/engine/project/project'
import { columnTypeNames, typedCell } from './cell-value'

/** Where the cursor goes once the cell is written. */
export type Leave = 'down' | 'right' | 'left' | 'stay'

interface CellEditorProps {
  readonly column: Column
  readonly text: string
  readonly onCommit: (value: Json, leave: Leave) => void
  readonly onCancel: () => void
}

/** The box over a cell: Enter writes and goes down, Tab writes and goes on, Escape leaves the cell as it was. */
export function CellEditor({ column, text: startText, onCommit, onCancel }: CellEditorProps) {
  const [text, setText] = useState(startText)
  const [problem, setProblem] = useState<string>()
  const box = useRef<HTMLTextAreaElement>(null)
  // Leaving by a key also blurs the box: the cell must be written once.
  const isDone = useRef(false)

  useEffect(() => {
    const { current } = box
    current?.focus()
    current?.setSelectionRange(current.value.length, current.value.length)
  }, [])

  function commit(leave: Leave) {
    if (isDone.current) return
    const typed = typedCell(text, column.type)
    if (!typed.ok) return setProblem(typed.reason)
    isDone.current = true
    onCommit(typed.value, leave)
  }

  function onKeyDown(event: KeyboardEvent) {
    event.stopPropagation()
    if (event.key === 'Escape') {
      isDone.current = true
      onCancel()
    } else if (event.key === 'Tab') {
      event.preventDefault()
      commit(event.shiftKey ? 'left' : 'right')
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      commit('down')
    }
  }

  return (
    <div className="absolute top-0 left-0 z-20 w-full min-w-64">
      <textarea
        ref={box}
        aria-label={`${column.name} (${columnTypeNames[column.type]})`}
        aria-invalid={problem !== undefined}
        rows={1}
        spellCheck={column.type === 'str'}
        value={text}
        onChange={event => {
          setText(event.target.value)
          setProblem(undefined)
        }}
        onKeyDown={onKeyDown}
        onBlur={() => commit('stay')}
        onClick={event => event.stopPropagation()}
        className={`${fonts[column.type]} block max-h-64 min-h-9 w-full resize-none rounded-md border border-accent bg-surface px-3 py-2 leading-5 shadow-float outline-none [field-sizing:content] aria-invalid:border-bad`}
      />
      {problem !== undefined && (
        <p role="alert" className="mt-1 rounded-md bg-bad-soft px-2 py-1 text-sm text-bad-text shadow-float">
          {problem}
        </p>
      )}
    </div>
  )
}

const fonts: Partial<Record<ColumnType, string>> = { int: 'tabular', float: 'tabular', json: 'font-mono text-sm' }
