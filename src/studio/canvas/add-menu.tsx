import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { Search } from 'lucide-react'
import { typeName } from '@/engine/signature/type-name'
import { connectNew } from '@/state/document/edits/graph-edits'
import { currentProject } from '@/state/document/project-store'
import { announce } from '@/ui/announcer'
import { cx } from '@/ui/cx'
import { setCanvas, useCanvas, type AddMenuPlace } from './canvas-store'
import { endLabel, fieldAt, graphIndex } from './graph-index'
import { kindsAccepting, nodeKinds, type NodeKindInfo } from './node-kinds'
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
  const kinds = useMemo(() => found(place.wire ? kindsAccepting(place.wire.side) : nodeKinds, query), [place, query])
  useCloseOutside(box)
  const heading = place.wire ? headingFor(place) : 'Add a node'
  const choose = (info: NodeKindInfo | undefined) => {
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
    <div
      ref={box}
      className="add-menu"
      style={{ left: Math.min(place.screen.x, innerWidth - 272), top: Math.min(place.screen.y, innerHeight - 280) }}
      role="dialog"
      aria-label={heading}
    >
      <p className="add-menu-heading">{heading}</p>
      <label className="add-menu-search">
        <Search size={14} aria-hidden />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls="add-menu-kinds"
          aria-activedescendant={kinds[active] && `add-menu-${kinds[active].kind}`}
          aria-label="Search node kinds"
          placeholder="Search"
          value={query}
          onChange={event => {
            setQuery(event.target.value)
            setActive(0)
          }}
          onKeyDown={onKeyDown}
        />
      </label>
      <div id="add-menu-kinds" role="listbox" aria-label="Node kinds">
        {kinds.map((info, index) => (
          <button
            type="button"
            tabIndex={-1}
            key={info.kind}
            id={`add-menu-${info.kind}`}
            role="option"
            aria-label={`${info.title}: ${info.help}`}
            aria-selected={index === active}
            className={cx('add-menu-item', index === active && 'add-menu-item-active')}
            onPointerMove={() => setActive(index)}
            onClick={() => choose(info)}
          >
            <span className="node-icon" data-kind={info.kind}>
              <info.icon size={14} aria-hidden />
            </span>
            <span className="palette-words">
              <span className="palette-name">{info.title}</span>
              <span className="palette-help">{info.help}</span>
            </span>
          </button>
        ))}
      </div>
      {kinds.length === 0 && <p className="add-menu-none">No node kind is called that.</p>}
    </div>
  )
}

function add(info: NodeKindInfo, place: AddMenuPlace): void {
  if (!place.wire) {
    addKind(info.kind, place.canvas)
    return
  }
  const at = place.wire.side === 'from' ? place.canvas : { x: place.canvas.x - 260, y: place.canvas.y }
  connectNew(info.kind, { x: Math.round(at.x), y: Math.round(at.y - 40) }, { ...place.wire.end, side: place.wire.side })
  announce(`${info.title} node added and connected`)
}

function found(kinds: readonly NodeKindInfo[], query: string): readonly NodeKindInfo[] {
  const words = query.trim().toLowerCase()
  return kinds.filter(info => `${info.title} ${info.help}`.toLowerCase().includes(words))
}

function headingFor({ wire }: AddMenuPlace): string {
  if (!wire) return ''
  const index = graphIndex(currentProject().graph)
  const field = fieldAt(index, wire.end)
  const type = field ? ` (${typeName(field.type)})` : ''
  return wire.side === 'from' ? `Feed ${endLabel(index, wire.end)}${type} into` : `Feed ${endLabel(index, wire.end)}${type} from`
}

function close(): void {
  setCanvas({ addMenu: undefined })
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
