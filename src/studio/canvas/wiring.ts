import { shownProject } from '@/state/document/shown-program'
import type { Connection, FinalConnectionState, OnConnectStart } from '@xyflow/react'
import type { EdgeEnd, EdgeId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'
import { connect, connectNewField, disconnect, reconnect } from '@/state/document/edits/graph-edits'
import { announce } from '@/ui/announcer'
import { canvasStore, setCanvas, showNote } from './canvas-store'
import type { CanvasEdge } from './flow-items'
import { endKey, endLabel, graphIndex } from './graph-index'
import { wireVerdicts, type Wire } from './wire-legality'

type Point = Position & { readonly target: EventTarget | null }

/** A wire leaves a handle: work out once which handles will take it. */
export const startWire: OnConnectStart = (_event, { nodeId, handleId, handleType }) => {
  if (canvasStore.getState().wire?.edge !== undefined || !nodeId || !handleId) return
  takeUp({ end: { node: nodeId, field: handleId }, side: handleType === 'source' ? 'from' : 'to' })
}

/** A wire is pulled off one of its ends; `side` is the end that stays. */
export function startReconnect(_event: unknown, edge: CanvasEdge, side: 'source' | 'target'): void {
  const stays = side === 'source' ? { node: edge.source, field: edge.sourceHandle } : { node: edge.target, field: edge.targetHandle }
  if (stays.field) takeUp({ end: { node: stays.node, field: stays.field }, side: side === 'source' ? 'from' : 'to', edge: edge.id })
}

export function isLegalConnection(connection: Connection | CanvasEdge): boolean {
  const { wire, verdicts } = canvasStore.getState()
  if (!wire || !verdicts) return false
  const { from, to } = endsOf(connection)
  return verdicts.get(endKey(wire.side === 'from' ? to : from))?.ok === true
}

/** Where a new wire was let go: on a handle, on a card, or on empty canvas, where it asks what to add. */
export function finishWire(point: Point, state: FinalConnectionState, toCanvas: (screen: Position) => Position): void {
  const { wire } = canvasStore.getState()
  if (!wire || wire.edge !== undefined) return
  const handle = droppedOn(state)
  const card = handle ? undefined : cardUnder(point)
  if (handle) connectOrSay(wire, handle, point)
  else if (card) connectToCard(wire, card, point)
  else setCanvas({ addMenu: { screen: { x: point.x, y: point.y }, canvas: toCanvas(point), wire } })
  letGo()
}

/** Where a pulled-off wire was let go: another handle re-routes it, empty canvas removes it, an illegal one leaves it as it was. */
export function finishReconnect(point: Point, edgeId: EdgeId, state: FinalConnectionState): void {
  const { wire } = canvasStore.getState()
  if (!wire) return
  const handle = droppedOn(state)
  if (handle) {
    const verdict = wire.side === 'from' ? reconnect(edgeId, wire.end, handle) : reconnect(edgeId, handle, wire.end)
    if (verdict.ok) announce(`Wire moved to ${label(handle)}`)
    else showNote(verdict.reason, point)
  } else if (!cardUnder(point)) {
    disconnect(edgeId)
    announce('Wire removed')
  }
  letGo()
}

function takeUp(wire: Wire): void {
  setCanvas({ wire, verdicts: wireVerdicts(shownProject().graph, wire), note: undefined })
}

function letGo(): void {
  setCanvas({ wire: undefined, verdicts: undefined })
}

function connectOrSay(wire: Wire, end: EdgeEnd, point: Position): void {
  if (endKey(end) === endKey(wire.end)) return
  const [from, to] = wire.side === 'from' ? [wire.end, end] : [end, wire.end]
  const verdict = connect(from, to)
  if (verdict.ok) announce(`Connected ${label(from)} to ${label(to)}`)
  else showNote(verdict.reason, point)
}

/** A wire dropped on the body of a card: its one free legal handle if there is just one, else a new field of the wire's type. */
function connectToCard(wire: Wire, node: string, point: Position): void {
  if (node === wire.end.node) return
  const legal = [...(canvasStore.getState().verdicts ?? [])].filter(([key, verdict]) => verdict.ok && key.startsWith(`${node}/`))
  if (legal.length === 1) return connectOrSay(wire, { node, field: legal[0]![0].slice(node.length + 1) }, point)
  if (legal.length > 1) return showNote('Several fields here can take this wire: drop it on one of them.', point)
  const verdict = connectNewField(node, { ...wire.end, side: wire.side })
  const name = graphIndex(shownProject().graph).node.get(node)?.name ?? 'the node'
  if (verdict.ok) announce(`Added a field to ${name} and connected it`)
  else showNote(verdict.reason, point)
}

function droppedOn(state: FinalConnectionState): EdgeEnd | undefined {
  return state.toHandle?.id ? { node: state.toHandle.nodeId, field: state.toHandle.id } : undefined
}

function cardUnder(point: Point): string | undefined {
  const element = document.elementFromPoint(point.x, point.y)?.closest<HTMLElement>('.react-flow__node')
  return element?.dataset['id']
}

function endsOf(connection: Connection | CanvasEdge): { from: EdgeEnd; to: EdgeEnd } {
  return {
    from: { node: connection.source, field: connection.sourceHandle ?? '' },
    to: { node: connection.target, field: connection.targetHandle ?? '' },
  }
}

function label(end: EdgeEnd): string {
  return endLabel(graphIndex(shownProject().graph), end)
}
