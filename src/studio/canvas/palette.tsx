import { ListTree, PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { useReactFlow } from '@xyflow/react'
import { IconButton } from '@/ui/icon-button'
import { Tooltip } from '@/ui/tooltip'
import { addAtCentre } from './canvas-actions'
import { setCanvas, useCanvas } from './canvas-store'
import type { CanvasEdge, CanvasNode } from './flow-items'
import { nodeKinds } from './node-kinds'
import { Outline } from './outline'
import { dragPaletteKind } from './palette-drag'

/** What can be put on the canvas: drag, double-click or Enter. Folds to icons; the outline opens below. */
export function Palette() {
  const flow = useReactFlow<CanvasNode, CanvasEdge>()
  const isOpen = useCanvas(state => state.isPaletteOpen)
  const isOutlineOpen = useCanvas(state => state.isOutlineOpen)
  return (
    <aside className="palette" data-open={isOpen || isOutlineOpen} aria-label="Nodes">
      <div className="palette-head">
        {(isOpen || isOutlineOpen) && <h2 className="palette-title">Nodes</h2>}
        <IconButton
          size="sm"
          label={isOpen ? 'Collapse the palette' : 'Expand the palette'}
          tooltipSide="right"
          icon={isOpen ? <PanelLeftClose /> : <PanelLeftOpen />}
          aria-expanded={isOpen}
          onClick={() => setCanvas({ isPaletteOpen: !isOpen })}
        />
      </div>
      <ul className="palette-list">
        {nodeKinds().map(({ kind, title, help, tone, icon: Icon }) => {
          const item = (
            <button
              type="button"
              className="palette-item"
              draggable
              aria-label={`Add ${title} node: ${help}`}
              onDragStart={event => dragPaletteKind(event, kind)}
              onDoubleClick={() => addAtCentre(flow, kind)}
              onKeyDown={event => {
                if (event.key !== 'Enter' && event.key !== ' ') return
                event.preventDefault()
                addAtCentre(flow, kind)
              }}
            >
              <span className="node-icon" data-tone={tone}>
                <Icon size={14} aria-hidden />
              </span>
              {isOpen && (
                <span className="palette-words">
                  <span className="palette-name">{title}</span>
                  <span className="palette-help">{help}</span>
                </span>
              )}
            </button>
          )
          return (
            <li key={kind}>
              {isOpen ? (
                item
              ) : (
                <Tooltip text={`${title}: ${help}`} side="right">
                  {item}
                </Tooltip>
              )}
            </li>
          )
        })}
      </ul>
      {isOpen && <p className="palette-tip">Drag a node onto the canvas, or double-click it.</p>}
      <button
        type="button"
        className="palette-outline"
        aria-expanded={isOutlineOpen}
        onClick={() => setCanvas({ isOutlineOpen: !isOutlineOpen })}
        title="Outline: the program as a list"
      >
        <ListTree size={14} aria-hidden />
        {isOpen || isOutlineOpen ? 'Outline' : <span className="sr-only">Outline</span>}
      </button>
      {isOutlineOpen && <Outline />}
    </aside>
  )
}
