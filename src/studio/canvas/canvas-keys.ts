import { useEffect, type RefObject } from 'react'
import { onSessionEvent, sendSessionEvent } from '@/state/session/session-events'
import { sessionStore } from '@/state/session/session-store'
import { isTyping } from '@/state/session/shortcuts'
import { clearOrClose, fitOptions, layOut, renameSelection, type Flow } from './canvas-actions'
import { mapLimit } from './expected-card'
import { canvasStore, setCanvas } from './canvas-store'

/** Keys that only the canvas knows; delete, duplicate, copy, paste and the like are commands of the whole studio. */
export function useCanvasKeys(root: RefObject<HTMLElement | null>, flow: Flow): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isOurs = !event.defaultPrevented && isCanvasFocused(root.current) && !isTyping(event.target) && !isInOverlay(event.target)
      if (isOurs && handleKey(event, flow)) event.preventDefault()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [root, flow])

  useEffect(() => {
    const stops = [
      onSessionEvent('fit-view', () => void flow.fitView(fitOptions)),
      onSessionEvent('zoom-in', () => void flow.zoomIn({ duration: 120 })),
      onSessionEvent('zoom-out', () => void flow.zoomOut({ duration: 120 })),
      onSessionEvent('add-node', () => openAddMenu(root.current, flow)),
    ]
    return () => stops.forEach(stop => stop())
  }, [root, flow])
}

/** Returns whether the key meant something here. */
function handleKey(event: KeyboardEvent, flow: Flow): boolean {
  const isMod = event.metaKey || event.ctrlKey
  if (isMod) return handleModKey(event, flow)
  if (event.altKey) return false
  switch (event.key) {
    case 'Escape':
      return done(clearOrClose())
    case 'F2':
      return done(renameSelection())
    case 'Enter':
      return openInspector()
    case 'f':
    case '!':
      return done(void flow.fitView(fitOptions))
    case 'l':
      return done(void layOut(flow))
    case 'h':
      return done(setCanvas({ tool: 'hand' }))
    case 'v':
      return done(setCanvas({ tool: 'pointer' }))
    case 'm':
      return flow.getNodes().length > mapLimit ? false : done(setCanvas({ isMinimapOpen: !canvasStore.getState().isMinimapOpen }))
    case 'o':
      return done(setCanvas({ isOutlineOpen: !canvasStore.getState().isOutlineOpen }))
    default:
      return event.shiftKey && event.code === 'Digit1' ? done(void flow.fitView(fitOptions)) : false
  }
}

function handleModKey(event: KeyboardEvent, flow: Flow): boolean {
  switch (event.key) {
    case '+':
    case '=':
      return done(void flow.zoomIn({ duration: 120 }))
    case '-':
      return done(void flow.zoomOut({ duration: 120 }))
    case '0':
      return done(void flow.zoomTo(1, { duration: 120 }))
    default:
      return false
  }
}

/** React Flow has chosen the focused node by the time the key gets here; Space chooses without opening. */
function openInspector(): boolean {
  if (sessionStore.getState().selectedNodes.length !== 1) return false
  sendSessionEvent('focus-inspector')
  return true
}

function openAddMenu(root: HTMLElement | null, flow: Flow): void {
  const box = root?.querySelector('.canvas-flow')?.getBoundingClientRect()
  if (!box) return
  const screen = { x: box.left + box.width / 2 - 130, y: box.top + box.height / 3 }
  setCanvas({ addMenu: { screen, canvas: flow.screenToFlowPosition(screen) } })
}

function done(_nothing: void): true {
  return true
}

function isCanvasFocused(root: HTMLElement | null): boolean {
  const focused = document.activeElement
  return focused === null || focused === document.body || root?.querySelector('.canvas-flow')?.contains(focused) === true
}

function isInOverlay(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null
}
