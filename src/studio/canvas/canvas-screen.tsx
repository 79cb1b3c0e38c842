import { useRef } from 'react'
import { ReactFlowProvider, useReactFlow } from '@xyflow/react'
import { useProject } from '@/state/document/project-store'
import { ContextMenu } from '@/ui/context-menu'
import { AddMenu } from './add-menu'
import { useCanvasKeys } from './canvas-keys'
import { canvasMenu } from './canvas-menu'
import { useCanvas } from './canvas-store'
import { DropNote } from './drop-note'
import { EmptyCanvas } from './empty-canvas'
import type { CanvasEdge, CanvasNode } from './flow-items'
import { FlowView } from './flow-view'
import { Palette } from './palette'
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
  const isEmpty = useProject(project => project.graph.nodes.length === 0)
  const menuTarget = useCanvas(state => state.menuTarget)
  useCanvasKeys(root, flow)
  useRunAnnouncements()
  return (
    <div ref={root} className="canvas">
      <Palette />
      <ContextMenu items={canvasMenu(menuTarget, flow)}>
        <div className="canvas-flow">
          <FlowView />
          {isEmpty && <EmptyCanvas />}
        </div>
      </ContextMenu>
      <AddMenu />
      <DropNote />
    </div>
  )
}
