import type { NodeId } from '@/engine/program/program'
import type { Position } from '@/engine/project/project'
import { select } from '../../session/session-store'
import { editShown } from '../shown-program'
import { pasteInDraft } from './clip-draft'
import { readNodesText } from './clipboard'
import { knownTypes } from './type-edits'

/** Adds nodes from clipboard text: copied nodes, a project file, or a signature line. */
export function pasteNodes(text: string, at?: Position): NodeId[] | { readonly reason: string } {
  const read = readNodesText(text, knownTypes())
  if ('reason' in read) return read
  let pasted: NodeId[] = []
  editShown(read.nodes.length === 1 ? 'Paste node' : `Paste ${read.nodes.length} nodes`, draft => {
    pasted = pasteInDraft(draft, read, at)
  })
  select(pasted)
  return pasted
}
