import { shownProject } from '@/state/document/shown-program'
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { Search } from 'lucide-react'
import { typeName } from '@/engine/signature/type-name'
import { connectNew } from '@/state/document/edits/graph-edits'
import { announce } from '@/ui/announcer'
import { cx } from '@/ui/cx'
import { setCanvas, useCanvas, type AddMenuPlace } from './canvas-store'
import { endLabel, fieldAt, graphIndex } from './graph-index'
import { findKinds, type NodeChoice } from './find-kinds'
import { kindsAccepting, nodeKinds } from './node-kinds'
import { addKind } from './palette-drag'

/** The searchable menu at a point of the canvas: after a double-click, or where a wire was dropped. */
export function AddMenu() {
  const place = useCanvas(state => state.addMenu)
  return place ? <OpenAddMenu key={`${place.screen.x},${place.screen.y}`} place={place} /> : null
}

function OpenAddMenu({ place }: { place: AddMenuPlace }) {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const box = useRef<HTMLDivElement>(null)
  const kinds = useMemo(() => findKinds(place.wire ? kindsAccepting(place.wire.side) : nodeKinds(), query), [place, query])
  useCloseOutside(box)
  useLayoutEffect(() => keepInView(box.current, place.screen), [place])
  const heading = place.wire ? headingFor(place) : 'Add a node'
  const choose = (info: NodeChoice | undefined) => {
    if (!info) return
    add(info, place)
    close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape') close()
    if (event.key === 'Enter') choose(kinds[active])
    if (event.key === 'ArrowDown') setActive(Math.min(active + 1, kinds.length - 1))
    if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0))
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') event.preventDefault()
  }
  return (
    <div ref={box} className="add-menu" role="dialog" aria-label={heading}>
      <p className="add-menu-heading">{heading}</p>
      <label className="add-menu-search">
        <Search size={14} aria-hidden />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls="add-menu-kinds"
          aria-activedescendant={kinds[active] && `add-menu-${kinds[active].id}`}
          aria-label="Search nodes and modules"
          placeholder="Search"
          value={query}
          onChange={event => {
            setQuery(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div id="add-menu-kinds" role="listbox" aria-label="Nodes and modules">
        {kinds.map((info, index) => (
          <button
            type="button"
            tabIndex={-1}
            key={info.id}
            id={`add-menu-${info.id}`}
            role="option"
            aria-label={`${info.title}: ${info.help}`}
            aria-selected={index === active}
            ref={index === active ? inView : undefined}
            className={cx('add-menu-item', index === active && 'add-menu-item-active')}
            onPointerMove={() => setActive(index)}
            onClick={() => choose(info)}
          >
            <span className="node-icon" data-tone={info.tone}>
              <info.icon size={14} aria-hidden />
            </span>
            <span className="palette-words">
              <span className="palette-name">{info.title}</span>
              <span className="palette-help">{info.help}</span>
            </span>
          </button>
        ))}
      </div>
      {kinds.length === 0 && <p className="add-menu-none">No node or module is called that.</p>}
    </div>
  )
}

function inView(option: HTMLElement | null): void {
  option?.scrollIntoView({ block: 'nearest' })
}

function add(info: NodeChoice, place: AddMenuPlace): void {
  const { kind, module } = info
  if (!place.wire) {
    addKind(kind, place.canvas, info)
    return
  }
  const at = place.wire.side === 'from' ? place.canvas : { x: place.canvas.x - 260, y: place.canvas.y }
  connectNew(kind, { x: Math.round(at.x), y: Math.round(at.y - 40) }, { ...place.wire.end, side: place.wire.side }, module)
  announce(`${info.title} node added and connected`)
}

function headingFor({ wire }: AddMenuPlace): string {
  if (!wire) return ''
  const index = graphIndex(shownProject().graph)
  const field = fieldAt(index, wire.end)
  const type = field ? ` (${typeName(field.type)})` : ''
  return wire.side === 'from' ? `Feed ${endLabel(index, wire.end)}${type} into` : `Feed ${endLabel(index, wire.end)}${type} from`
}

function close(): void {
  setCanvas({ addMenu: undefined })
}

/** Puts its top left corner where all of it is seen: its height depends on the heading and on how many nodes fit. */
function keepInView(menu: HTMLElement | null, { x, y }: AddMenuPlace['screen']): void {
  if (!menu) return
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`
}

function useCloseOutside(box: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const onDown = (event: PointerEvent) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close()
    }
    document.addEventListener('pointerdown', onDown, true)
    return () => document.removeEventListener('pointerdown', onDown, true)
  }, [box])
}
