import type { DragEvent } from 'react'
import type { ModuleId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'
import { addNode } from '@/state/document/edits/graph-edits'
import { announce } from '@/ui/announcer'
import { nodeKindInfo, nodeKinds, type NodeKind } from './node-kinds'

const mediaType = 'application/x-dspy-studio-node'

export function dragPaletteKind(event: DragEvent, kind: NodeKind): void {
  event.dataTransfer.setData(mediaType, kind)
  event.dataTransfer.effectAllowed = 'move'
}

/** Adds what was dragged from the palette, its title bar under the pointer. */
export function dropPaletteKind(event: DragEvent, at: Position): void {
  const dropped = event.dataTransfer.getData(mediaType)
  const kind = nodeKinds().find(info => info.kind === dropped)?.kind
  if (!kind) return
  event.preventDefault()
  addKind(kind, { x: at.x - 40, y: at.y - 18 })
}

export function addKind(
  kind: NodeKind,
  at: Position,
  { module, title = nodeKindInfo(kind).title }: { module?: ModuleId | undefined; title?: string } = {},
): string {
  const id = addNode(kind, { x: Math.round(at.x), y: Math.round(at.y) }, { module })
  announce(`${title} node added`)
  return id
}
