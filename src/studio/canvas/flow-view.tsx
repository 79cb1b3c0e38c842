import { largeProgram, useShownProject } from '@/state/document/shown-program'
import { useCallback, useMemo, useState, type MouseEvent as ReactMouseEvent } from 'react'
import {
  Background,
  BackgroundVariant,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import type { Position } from '@/engine/project/project'
import { moveNodes } from '@/state/document/edits/graph-edits'
import { select, sessionStore, useSession } from '@/state/session/session-store'
import { fitOptions } from './canvas-actions'
import { CanvasMinimap } from './canvas-minimap'
import { setCanvas, useCanvas } from './canvas-store'
import { CanvasToolbar } from './canvas-toolbar'
import { createEdgeDeriver, createNodeDeriver, emptyOverlay, type CanvasEdge, type CanvasNode, type Overlay } from './flow-items'
import { nodeTypes } from './node-card'
import { manyNodes, mapLimit } from './expected-card'
import { allowDrop, dropOnCanvas } from './palette-drag'
import { finishReconnect, finishWire, isLegalConnection, startReconnect, startWire } from './wiring'
import { WireEdge } from './wire-edge'
import './canvas.css'

/** React Flow as a view: what it shows is derived from the document, what hands do to it becomes edits. */
export function FlowView() {
  const graph = useShownProject(project => project.graph)
  const layout = useShownProject(project => project.layout)
  const selectedNodes = useSession(session => session.selectedNodes)
  const selectedEdges = useSession(session => session.selectedEdges)
  const tool = useCanvas(state => state.tool)
  const isMinimapOpen = useCanvas(state => state.isMinimapOpen)
  const [overlay, setOverlay] = useState<Overlay>(emptyOverlay)
  // On a canvas that starts empty, a fit would wait for the first node and pull it away from where it was dropped.
  const [startsFitted] = useState(graph.nodes.length > 0)
  const [derive] = useState(() => ({ nodes: createNodeDeriver(), edges: createEdgeDeriver() }))
  const nodes = useMemo(() => derive.nodes(graph, layout, new Set(selectedNodes), overlay), [derive, graph, layout, selectedNodes, overlay])
  const edges = useMemo(() => derive.edges(graph, new Set(selectedEdges)), [derive, graph, selectedEdges])
  const flow = useReactFlow()
  const isHuge = nodes.length > largeProgram

  const onNodesChange = useCallback((changes: NodeChange<CanvasNode>[]) => {
    setOverlay(old => overlayAfter(old, changes))
    commitMoves(changes)
    selectFrom(changes, 'nodes')
  }, [])
  const onEdgesChange = useCallback((changes: EdgeChange<CanvasEdge>[]) => selectFrom(changes, 'edges'), [])
  const at = (event: { clientX: number; clientY: number }) => flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
  const finish = (event: MouseEvent | TouchEvent, state: FinalConnectionState) =>
    finishWire(pointOf(event), state, flow.screenToFlowPosition)
  /** The menu itself is opened by the ContextMenu around this view: here we only note what it is about. */
  const aimMenu = (event: MouseEvent | ReactMouseEvent, target: { node?: string; edge?: string }) => {
    const { selectedNodes: nodeIds } = sessionStore.getState()
    if (target.node && !nodeIds.includes(target.node)) select([target.node])
    if (target.edge) select([], [target.edge])
    setCanvas({ menuTarget: { canvas: at(event), ...target } })
  }

  return (
    <ReactFlow<CanvasNode, CanvasEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      isValidConnection={isLegalConnection}
      onConnectStart={startWire}
      onConnectEnd={finish}
      onReconnectStart={startReconnect}
      onReconnectEnd={(event, edge, _side, state) => finishReconnect(pointOf(event), edge.id, state)}
      onReconnect={noop}
      connectionRadius={28}
      reconnectRadius={10}
      onDoubleClick={event =>
        isEmptyCanvas(event) && setCanvas({ addMenu: { screen: { x: event.clientX, y: event.clientY }, canvas: at(event) } })
      }
      onPaneContextMenu={event => aimMenu(event, {})}
      onNodeContextMenu={(event, node) => aimMenu(event, { node: node.id })}
      onSelectionContextMenu={(event, chosen) => aimMenu(event, chosen[0] ? { node: chosen[0].id } : {})}
      onEdgeContextMenu={(event, edge) => aimMenu(event, { edge: edge.id })}
      onDragOver={allowDrop}
      onDrop={event => dropOnCanvas(event, at(event))}
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={multiSelectionKeys}
      panActivationKeyCode="Space"
      selectionOnDrag={tool === 'pointer'}
      selectionMode={SelectionMode.Partial}
      panOnDrag={tool === 'hand' ? true : middleButton}
      panOnScroll
      zoomOnDoubleClick={false}
      minZoom={isHuge ? readableZoom : 0.1}
      maxZoom={2}
      fitView={startsFitted}
      fitViewOptions={isHuge ? hugeFit : fitOptions}
      elevateNodesOnSelect
      onlyRenderVisibleElements={nodes.length > manyNodes}
      ariaLabelConfig={ariaLabels}
      attributionPosition="top-right"
      onError={ignore}
      className={tool === 'hand' ? 'canvas-hand' : undefined}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--color-line-strong)" />
      <CanvasToolbar />
      {isMinimapOpen && nodes.length > 0 && nodes.length <= mapLimit && <CanvasMinimap isHuge={isHuge} />}
    </ReactFlow>
  )
}

/** Of a huge program only a part is in view at a time: the page would not answer while it draws thousands of cards. */
const readableZoom = 0.3
const hugeFit = { ...fitOptions, minZoom: 0.6 }
const edgeTypes = { wire: WireEdge }
const multiSelectionKeys = ['Shift', 'Meta', 'Control']
const middleButton = [1]
const ariaLabels = {
  'node.a11yDescription.default':
    'Press Enter to open it in the inspector, Space to select it, arrow keys to move it, F2 to rename, Delete to remove it.',
  'edge.a11yDescription.default': 'Press Enter to select this wire, then Delete to remove it.',
}

/** Told of wires to a handle that React Flow measures a frame later; what is truly wrong with a wire, `checkGraph` says. */
function ignore(): void {}

/** The edit is made in `finishReconnect`, which also sees the drops that React Flow calls invalid. */
function noop(): void {}

function overlayAfter(old: Overlay, changes: readonly NodeChange<CanvasNode>[]): Overlay {
  const sizes = new Map(old.sizes)
  const moving = new Map(old.moving)
  let isChanged = false
  for (const change of changes) {
    if (change.type === 'dimensions' && change.dimensions) {
      sizes.set(change.id, change.dimensions)
      isChanged = true
    }
    if (change.type !== 'position') continue
    if (change.dragging && change.position) moving.set(change.id, change.position)
    else moving.delete(change.id)
    isChanged = true
  }
  return isChanged ? { sizes, moving } : old
}

/** React Flow ends a drag, and each nudge by arrow key, with `dragging: false`: that is when the document learns of it. */
function commitMoves(changes: readonly NodeChange<CanvasNode>[]): void {
  const positions: Record<string, Position> = {}
  for (const change of changes) {
    if (change.type === 'position' && !change.dragging && change.position) {
      positions[change.id] = { x: Math.round(change.position.x), y: Math.round(change.position.y) }
    }
  }
  if (Object.keys(positions).length > 0) moveNodes(positions)
}

function selectFrom(changes: readonly (NodeChange<CanvasNode> | EdgeChange<CanvasEdge>)[], what: 'nodes' | 'edges'): void {
  const session = sessionStore.getState()
  const chosen = new Set(what === 'nodes' ? session.selectedNodes : session.selectedEdges)
  for (const change of changes) {
    if (change.type !== 'select') continue
    if (change.selected) chosen.add(change.id)
    else chosen.delete(change.id)
  }
  if (what === 'nodes') select([...chosen], session.selectedEdges)
  else select(session.selectedNodes, [...chosen])
}

function isEmptyCanvas(event: ReactMouseEvent): boolean {
  return event.target instanceof Element && event.target.classList.contains('react-flow__pane')
}

function pointOf(event: MouseEvent | TouchEvent): Position & { readonly target: EventTarget | null } {
  const point = 'changedTouches' in event ? event.changedTouches[0] : event
  return { x: point?.clientX ?? 0, y: point?.clientY ?? 0, target: event.target }
}
