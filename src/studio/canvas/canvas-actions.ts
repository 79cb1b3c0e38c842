import { offerDspyText } from '@/state/document/dspy-offer'
import { leaveBody } from '@/state/document/shown-program'
import type { ReactFlowInstance } from '@xyflow/react'
import type { NodeId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'
import { pasteNodes } from '@/state/document/edits/paste-nodes'
import { layOutProgram } from '@/state/document/edits/lay-out'
import { select, sessionStore } from '@/state/session/session-store'
import { looksLikePython } from '@/engine/signature/python/looks-like-python'
import { askForPython } from '@/state/session/python-ask'
import { announce } from '@/ui/announcer'
import { toast } from '@/ui/toast'
import type { CanvasEdge, CanvasNode } from './flow-items'
import { canvasStore, setCanvas } from './canvas-store'
import { cardSize, freePlace } from './free-place'
import { addKind } from './palette-drag'
import type { NodeKind } from './node-kinds'

export type Flow = ReactFlowInstance<CanvasNode, CanvasEdge>
export const fitOptions = { padding: 0.08, maxZoom: 1.1, duration: 200 }

/** Adds a node in the middle of what is in view, or at the nearest place where it covers no other. */
export function addAtCentre(flow: Flow, kind: NodeKind): NodeId {
  const pane = document.querySelector('.canvas-flow')?.getBoundingClientRect()
  const middle = flow.screenToFlowPosition({
    x: (pane?.left ?? 0) + (pane?.width ?? 800) / 2,
    y: (pane?.top ?? 0) + (pane?.height ?? 600) / 2,
  })
  const cards = flow.getNodes().map(({ position, measured }) => ({
    ...position,
    width: measured?.width ?? cardSize.width,
    height: measured?.height ?? cardSize.height,
  }))
  const place = freePlace({ x: middle.x - cardSize.width / 2, y: middle.y - cardSize.height / 2 }, cards)
  const id = addKind(kind, place)
  if (pane === undefined || !isInView(flow, place, pane))
    void flow.setCenter(place.x + 130, place.y + 60, { zoom: flow.getZoom(), duration: 200 })
  return id
}

export function renameSelection(): void {
  const focused = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset['id']
  const node = focused ?? sessionStore.getState().selectedNodes[0]
  if (node) setCanvas({ renaming: node })
}

/** Pastes what the text holds, at a point or beside where it came from; says why when it holds no nodes. */
export function pasteText(text: string, at?: Position): void {
  if (offerDspyText(text)) return
  if (looksLikePython(text)) return askForPython({ text, ...(at && { at }) })
  const pasted = pasteNodes(text, at)
  if ('reason' in pasted) toast({ title: 'Nothing to paste', detail: pasted.reason, tone: 'warn' })
  else announce(pasted.length === 1 ? 'Node pasted' : `${pasted.length} nodes pasted`)
}

export async function layOut(flow: Flow): Promise<void> {
  if (!(await layOutProgram())) return
  announce('Nodes laid out')
  // After React Flow has the new places.
  setTimeout(() => void flow.fitView(fitOptions), 60)
}

/** One step back: from the menu, the wire or the text box to the selection, from the selection to nothing, from a program within a step to that step. */
export function clearOrClose(): void {
  const { addMenu, renaming } = canvasStore.getState()
  const { selectedNodes, selectedEdges } = sessionStore.getState()
  if (addMenu || renaming) setCanvas({ addMenu: undefined, renaming: undefined })
  else if (selectedNodes.length > 0 || selectedEdges.length > 0) select([], [])
  else leaveBody()
}

function isInView(flow: Flow, place: Position, pane: DOMRect): boolean {
  const screen = flow.flowToScreenPosition(place)
  return screen.x > pane.left && screen.x < pane.right - 80 && screen.y > pane.top && screen.y < pane.bottom - 40
}
