import { Search } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { cx } from '@/ui/cx'
import { Kbd } from '@/ui/kbd'
import { useReturnFocus } from '@/ui/use-return-focus'
import type { AskedDialogProps } from './asked-dialog'
import { CommandIcon } from './command-icon'
import { usePaletteEntries } from './palette-entries'
import { matchEntries, type PaletteEntry } from './palette-match'

/** Mod+K: everything by name. */
export function CommandPalette({ open, onOpenChange }: AskedDialogProps) {
  const focus = useReturnFocus()
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-scrim animate-fade-in" />
        <Primitive.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-40 flex max-h-[min(60vh,30rem)] w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-modal outline-none animate-fade-in"
        >
          <Primitive.Title className="sr-only">Search commands</Primitive.Title>
          <PaletteBody onDone={() => onOpenChange(false)} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

function PaletteBody({ onDone }: { readonly onDone: () => void }) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [query, setQuery] = useState('')
  const [cursor, setCursor] = useState(0)
  const found = matchEntries(usePaletteEntries(), query)
  const active = Math.min(cursor, found.length - 1)

  const moveTo = (index: number) => {
    const next = (index + found.length) % Math.max(1, found.length)
    setCursor(next)
    list.current?.querySelector(`[data-index="${next}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  const choose = (entry: PaletteEntry | undefined) => {
    if (!entry) return
    onDone()
    // After the dialog has given focus back, so that the command may take it.
    setTimeout(entry.run, 0)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => moveTo(active + 1),
      ArrowUp: () => moveTo(active - 1),
      Enter: () => choose(found[active]),
    }
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    move()
  }

  return (
    <>
      <div className="flex items-center gap-2 border-b border-line px-4">
        <Search className="size-4 shrink-0 text-faint" aria-hidden="true" />
        <input
          autoFocus
          role="combobox"
          aria-label="Search commands, nodes, runs and projects"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
          value={query}
          placeholder="Search commands, nodes, runs, projects…"
          onChange={event => {
            setQuery(event.target.value)
            setCursor(0)
          }}
          onKeyDown={onKeyDown}
          className="h-12 w-full bg-transparent text-lg outline-none"
        />
      </div>
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Results" className="min-h-0 flex-1 overflow-y-auto p-1.5">
        {found.map((entry, index) => (
          <div key={entry.id} role="presentation">
            {entry.group !== found[index - 1]?.group && query === '' && (
              <div role="presentation" className="px-2 pt-2 pb-1 text-xs font-medium text-faint">
                {entry.group}
              </div>
            )}
            {/* The search box keeps the focus and takes the keys; an option only needs the pointer. */}
            {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
            <div
              id={`${id}-${index}`}
              data-index={index}
              role="option"
              aria-selected={index === active}
              onPointerMove={() => index !== active && setCursor(index)}
              onClick={() => choose(entry)}
              className={cx(
                'flex h-8 items-center gap-2.5 rounded-md px-2 [&_svg]:size-4 [&_svg]:text-faint',
                index === active && 'bg-hover',
              )}
            >
              <CommandIcon name={entry.icon} />
              <span className="min-w-0 flex-1 truncate">{entry.title}</span>
              {query !== '' && <span className="text-sm text-faint">{entry.group}</span>}
              {entry.shortcut !== undefined && <Kbd keys={entry.shortcut} />}
            </div>
          </div>
        ))}
        {found.length === 0 && <p className="px-2 py-6 text-center text-faint">Nothing is called “{query}”.</p>}
      </div>
    </>
  )
}
