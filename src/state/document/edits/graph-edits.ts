import type { EdgeEnd, EdgeId, ModuleId, NodeId } from '@/engine/program/program'
import type { LayOut } from '@/engine/project/kept-layout'
import type { Position } from '@/engine/project/project'
import { editShown, shownProject } from '../shown-program'
import { select, sessionStore } from '../../session/session-store'
import { duplicateInDraft, writeNodesText } from './clip-draft'
import { connectEnds, insertNode, moveInLayout, reconnectEdge, removeFromGraph, renameInGraph } from './graph-draft'
import { newNode, type NewNodeOptions, type NodeKind } from './new-node'
import type { Verdict } from './verdict'
import { insertConnected, insertConnectedField, type WireEnd } from './wire-draft'

/** Adds a node and selects it. */
export function addNode(kind: NodeKind, position: Position, options: NewNodeOptions = {}): NodeId {
  const node = newNode(kind, shownProject().graph, options)
  editShown(`Add ${node.name}`, draft => insertNode(draft, node, position))
  select([node.id])
  return node.id
}

/** Removes nodes with all their wires, and single wires. */
export function removeItems(nodeIds: readonly NodeId[], edgeIds: readonly EdgeId[] = []): void {
  editShown(removeLabel(nodeIds, edgeIds), draft => removeFromGraph(draft, nodeIds, edgeIds))
  dropFromSelection(nodeIds, edgeIds)
}

export function connect(from: EdgeEnd, to: EdgeEnd): Verdict {
  return verdictOf('Connect', draft => connectEnds(draft, from, to))
}

/** Moves a wire's ends; the wire stays as it was when the new place is not allowed. */
export function reconnect(edgeId: EdgeId, from: EdgeEnd, to: EdgeEnd): Verdict {
  return verdictOf('Move wire', draft => reconnectEdge(draft, edgeId, from, to))
}

/** A wire dropped on empty canvas: adds a node that fits it, connected. */
export function connectNew(kind: NodeKind, position: Position, wire: WireEnd, module?: ModuleId): NodeId {
  let id = ''
  editShown('Add connected node', draft => {
    id = insertConnected(draft, kind, { position, wire, module })
  })
  select([id])
  return id
}

/** A wire dropped on the body of a node: adds a field for it, connected. */
export function connectNewField(nodeId: NodeId, wire: WireEnd): Verdict {
  return verdictOf('Add connected field', draft => insertConnectedField(draft, nodeId, wire))
}

export function disconnect(edgeId: EdgeId): void {
  removeItems([], [edgeId])
}

/** Nudges with the arrow keys merge into one step; a drag is committed once, at its end. */
export function moveNodes(positions: Readonly<Record<NodeId, Position>>): void {
  const ids = Object.keys(positions)
  editShown(ids.length === 1 ? 'Move node' : `Move ${ids.length} nodes`, draft => moveInLayout(draft, positions), {
    undo: 'merge',
    mergeKey: `move:${ids.sort().join()}`,
  })
}

export function renameNode(id: NodeId, name: string): Verdict {
  return verdictOf('Rename node', draft => renameInGraph(draft, id, name))
}

/** Copies beside the originals, with the wires among them; the copies are selected. */
export function duplicateNodes(ids: readonly NodeId[]): NodeId[] {
  if (ids.length === 0) return []
  let copies: NodeId[] = []
  editShown(ids.length === 1 ? 'Duplicate node' : `Duplicate ${ids.length} nodes`, draft => {
    copies = duplicateInDraft(draft, ids)
  })
  select(copies)
  return copies
}

/** The nodes as JSON text for the clipboard, with the wires among them and their learned state. */
export function copyNodes(ids: readonly NodeId[]): string {
  return writeNodesText(shownProject(), ids)
}

/** Moves the nodes to where a layout puts them. */
export function autoLayout(layOut: LayOut): void {
  editShown('Auto layout', draft => moveInLayout(draft, layOut(shownProject().graph)))
}

function verdictOf(label: string, recipe: (draft: Parameters<Parameters<typeof editShown>[1]>[0]) => Verdict): Verdict {
  let verdict: Verdict = { ok: true }
  editShown(label, draft => {
    verdict = recipe(draft)
  })
  return verdict
}

function removeLabel(nodeIds: readonly NodeId[], edgeIds: readonly EdgeId[]): string {
  if (nodeIds.length === 0) return edgeIds.length === 1 ? 'Remove wire' : `Remove ${edgeIds.length} wires`
  return nodeIds.length === 1 ? 'Remove node' : `Remove ${nodeIds.length} nodes`
}

function dropFromSelection(nodeIds: readonly NodeId[], edgeIds: readonly EdgeId[]): void {
  const { selectedNodes, selectedEdges } = sessionStore.getState()
  select(
    selectedNodes.filter(id => !nodeIds.includes(id)),
    selectedEdges.filter(id => !edgeIds.includes(id)),
  )
}
