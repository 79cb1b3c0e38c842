import { largeProgram, useShownPath, useShownProject } from '@/state/document/shown-program'
import { useEffect, useRef, type RefObject } from 'react'
import { ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { announce } from '@/ui/announcer'
import { ContextMenu } from '@/ui/context-menu'
import { usePythonAsk } from '@/state/session/python-ask'
import { whenShown } from '@/ui/when-shown'
import { useLater } from '@/ui/use-later'
import { AddMenu } from './add-menu'
import { useCanvasKeys } from './canvas-keys'
import { canvasMenu } from './canvas-menu'
import { followWindow, setCanvas, useCanvas } from './canvas-store'
import { DropNote } from './drop-note'
import { EmptyCanvas } from './empty-canvas'
import type { CanvasEdge, CanvasNode } from './flow-items'
import { FlowView } from './flow-view'
import { Palette } from './palette'
import { ProgramCrumbs } from './program-crumbs'
import { useRunAnnouncements } from './run-announcements'

/** The canvas: palette and outline at the left, the program in the middle. */
export function CanvasPane() {
  return (
    <ReactFlowProvider>
      <Canvas />
    </ReactFlowProvider>
  )
}

function Canvas() {
  const root = useRef<HTMLDivElement>(null)
  const flow = useReactFlow<CanvasNode, CanvasEdge>()
  const count = useShownProject(project => project.graph.nodes.length)
  const isDrawn = useLater(count > largeProgram)
  const menuTarget = useCanvas(state => state.menuTarget)
  const shown = useShownPath()
  useCanvasKeys(root, flow)
  useEffect(() => followWindow(window), [])
  useShownFocus(root, shown)
  useRunAnnouncements()
  return (
    <div ref={root} className="canvas">
      <Palette />
      <ContextMenu items={canvasMenu(menuTarget, flow)}>
        <div className="canvas-flow" tabIndex={-1}>
          {/* Another program is another view: it is fitted again. */}
          {isDrawn && <FlowView key={shown ?? ''} />}
          <ProgramCrumbs />
          {count === 0 && <EmptyCanvas />}
        </div>
      </ContextMenu>
      <AddMenu />
      <DropNote />
      <FromPython />
    </div>
  )
}

/** Fetched when somebody pastes Python or asks for it: few do. */
const PythonDialog = whenShown(async () => (await import('./python-dialog')).PythonDialog)

function FromPython() {
  const ask = usePythonAsk()
  return ask ? <PythonDialog ask={ask} /> : null
}

/** What had the focus went with the program it was in: then the way back has it, or in the whole program the canvas. */
function useShownFocus(root: RefObject<HTMLElement | null>, shown: string | undefined): void {
  const before = useRef(shown)
  useEffect(() => {
    if (before.current === shown) return
    before.current = shown
    setCanvas({ addMenu: undefined, renaming: undefined })
    // A menu that led here gives the focus back first.
    const timer = setTimeout(() => {
      const current = root.current?.querySelector<HTMLElement>('.program-crumbs [aria-current]')
      announce(current?.getAttribute('aria-label') ?? 'The whole program')
      if (document.activeElement === document.body) (current ?? root.current?.querySelector<HTMLElement>('.canvas-flow'))?.focus()
    })
    return () => clearTimeout(timer)
  }, [root, shown])
}
