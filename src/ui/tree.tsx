import { ChevronRight } from 'lucide-react'
import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'
import { cx } from './cx'

/** One entry of a tree: a line that is always seen, and what it unfolds to. */
export interface TreeEntry {
  readonly id: string
  readonly line: ReactNode
  /** Drawn when unfolded, above the entries below it. */
  readonly body?: () => ReactNode
  readonly entries: readonly TreeEntry[]
  readonly className?: string
}

interface TreeProps {
  readonly label: string
  readonly entries: readonly TreeEntry[]
}

/**
 * Entries that fold. By keyboard as every tree: up and down walk what is seen, right unfolds and goes in, left folds and goes out, Home and
 * End go to the ends, Enter folds or unfolds, `*` unfolds all of one parent. Controls inside a body are reached by Tab.
 */
export function Tree({ label, entries }: TreeProps) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [current, setCurrent] = useState<string>()
  const prefix = useId()
  const seen = shownOf(entries, open, undefined)
  const tabStop = seen.some(({ entry }) => entry.id === current) ? current : seen[0]?.entry.id
  // A space would part an id in two where `aria-labelledby` names it.
  const domId = (id: string): string => `${prefix}${encodeURIComponent(id)}`

  const toggle = (id: string, to = !open.has(id)) => {
    const next = new Set(open)
    if (to) next.add(id)
    else next.delete(id)
    setOpen(next)
  }
  const go = (shown: Shown | undefined) => {
    if (shown === undefined) return
    setCurrent(shown.entry.id)
    document.getElementById(domId(shown.entry.id))?.focus()
  }
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    // Keys pressed in a body belong to what stands there.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const at = seen.findIndex(({ entry }) => entry.id === id)
    const here = seen[at]
    if (here === undefined) return
    const isOpen = open.has(id)
    const act = actions[event.key]
    if (act === undefined) return
    event.preventDefault()
    event.stopPropagation()
    if (act === 'toggle') toggle(id)
    else if (act === 'down') go(seen[at + 1])
    else if (act === 'up') go(seen[at - 1])
    else if (act === 'first') go(seen[0])
    else if (act === 'last') go(seen.at(-1))
    else if (act === 'all') setOpen(new Set([...open, ...seen.filter(({ parent }) => parent === here.parent).map(({ entry }) => entry.id)]))
    else if (isOpen !== (act === 'in')) toggle(id)
    else if (act === 'out') go(seen.find(({ entry }) => entry.id === here.parent))
    else if (here.entry.entries.length > 0) go(seen[at + 1])
  }

  const branch = (list: readonly TreeEntry[], level: number): ReactNode =>
    list.map((entry, place) => {
      const { id, line, body, entries: below, className } = entry
      const isOpen = open.has(id)
      return (
        <li
          key={id}
          id={domId(id)}
          role="treeitem"
          aria-level={level}
          aria-posinset={place + 1}
          aria-setsize={list.length}
          aria-expanded={isOpen}
          aria-selected={false}
          aria-labelledby={`${domId(id)}-line`}
          tabIndex={id === tabStop ? 0 : -1}
          onKeyDown={event => onKeyDown(event, id)}
          onFocus={event => event.target === event.currentTarget && setCurrent(id)}
          className={cx('rounded-md border border-line', className)}
        >
          {/* The entry itself takes the keys. */}
          {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
          <div
            id={`${domId(id)}-line`}
            onClick={() => {
              toggle(id)
              go({ entry, parent: undefined })
            }}
            className="flex min-w-0 cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 hover:bg-hover"
          >
            <ChevronRight className={cx('size-3.5 shrink-0 text-faint transition-transform', isOpen && 'rotate-90')} aria-hidden="true" />
            {line}
          </div>
          {isOpen && (
            <div className="flex flex-col gap-3 border-t border-line px-3 py-2.5">
              {body?.()}
              {below.length > 0 && (
                <ul role="group" className="flex flex-col gap-1.5 border-l-2 border-line pl-3">
                  {branch(below, level + 1)}
                </ul>
              )}
            </div>
          )}
        </li>
      )
    })

  return (
    <ul role="tree" aria-label={label} className="flex flex-col gap-1.5 border-l-2 border-line pl-3">
      {branch(entries, 1)}
    </ul>
  )
}

const actions: Readonly<Record<string, 'toggle' | 'down' | 'up' | 'first' | 'last' | 'in' | 'out' | 'all'>> = {
  Enter: 'toggle',
  ' ': 'toggle',
  ArrowDown: 'down',
  ArrowUp: 'up',
  Home: 'first',
  End: 'last',
  ArrowRight: 'in',
  ArrowLeft: 'out',
  '*': 'all',
}

interface Shown {
  readonly entry: TreeEntry
  readonly parent: string | undefined
}

/** The entries that are seen, in order. */
function shownOf(entries: readonly TreeEntry[], open: ReadonlySet<string>, parent: string | undefined): readonly Shown[] {
  return entries.flatMap(entry => [{ entry, parent }, ...(open.has(entry.id) ? shownOf(entry.entries, open, entry.id) : [])])
}
