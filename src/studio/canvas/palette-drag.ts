import type { DragEvent } from 'react'
import type { ModuleId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'
import { addNode } from '@/state/document/edits/graph-edits'
import { offerDroppedFile } from '@/state/document/dspy-offer'
import { notifyError } from '@/state/session/notices'
import { announce } from '@/ui/announcer'
import { nodeKindInfo, nodeKinds, type NodeKind } from './node-kinds'

const mediaType = 'application/x-dspy-studio-node'

export function dragPaletteKind(event: DragEvent, kind: NodeKind): void {
  event.dataTransfer.setData(mediaType, kind)
  event.dataTransfer.effectAllowed = 'move'
}

/** Lets what comes from the palette, and files, be dropped. */
export function allowDrop(event: DragEvent): void {
  event.preventDefault()
  event.dataTransfer.dropEffect = event.dataTransfer.types.includes('Files') ? 'copy' : 'move'
}

/** Adds what was dragged from the palette, its title bar under the pointer; a state file of DSPy is offered for the program. */
export function dropOnCanvas(event: DragEvent, at: Position): void {
  const [file] = event.dataTransfer.files
  if (file) {
    event.preventDefault()
    offerDroppedFile(file).catch((error: unknown) => notifyError(`“${file.name}” was not opened`, error))
    return
  }
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
