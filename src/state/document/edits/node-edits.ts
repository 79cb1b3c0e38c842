import type { AdapterId } from '@/engine/program/adapter-id'
import type { ModuleId, NodeId } from '@/engine/program/program'
import type { Field, FieldId } from '@/engine/signature/signature'
import { canonicalJson } from '@/lib/canonical-json'
import type { JsonObject } from '@/lib/json'
import { currentProject, edit } from '../project-store'
import { dropField, insertField, moveFieldTo, patchField, writeSignatureLine, type FieldPatch, type LineVerdict } from './field-draft'
import { nodeOf, setNodeModule, setNodeParams } from './graph-draft'

export function setModule(nodeId: NodeId, module: ModuleId): void {
  edit('Change module', draft => setNodeModule(draft, nodeId, module))
}

/** Settings of the module. What is typed into one setting is one step of undo; `typed` names a place within it, such as a tool's code. */
export function setModuleParams(nodeId: NodeId, params: JsonObject, typed?: string): void {
  const node = currentProject().graph.nodes.find(each => each.id === nodeId)
  if (node?.kind !== 'signature') return
  const keys = [...new Set([...Object.keys(node.moduleParams), ...Object.keys(params)])]
  const changed = keys.filter(key => canonicalJson(node.moduleParams[key] ?? null) !== canonicalJson(params[key] ?? null))
  edit('Edit settings', draft => setNodeParams(draft, nodeId, params), {
    undo: 'merge',
    mergeKey: `params:${nodeId}:${typed ?? changed.sort().join()}`,
  })
}

/** A tool added, removed or moved: a step of undo of its own, whatever was typed before. */
export function arrangeTools(nodeId: NodeId, label: string, params: JsonObject): void {
  edit(label, draft => setNodeParams(draft, nodeId, params))
}

/** How this step asks; undefined gives it back to the program's choice. */
export function setNodeAdapter(nodeId: NodeId, adapter: AdapterId | undefined): void {
  edit('Change adapter of step', draft => {
    const node = nodeOf(draft, nodeId)
    if (node.kind !== 'signature' || node.adapter === adapter) return
    if (adapter === undefined) delete node.adapter
    else node.adapter = adapter
  })
}

export function setCodeSource(nodeId: NodeId, source: string): void {
  edit(
    'Edit code',
    draft => {
      const node = nodeOf(draft, nodeId)
      if (node.kind === 'code' && node.source !== source) node.source = source
    },
    { undo: 'merge', mergeKey: `code:${nodeId}` },
  )
}

/** Adds a field at the end of its side and returns its id. */
export function addField(nodeId: NodeId, role: Field['role'], patch: FieldPatch = {}): FieldId {
  let id = ''
  edit('Add field', draft => {
    id = insertField(draft, nodeId, { role, patch })
  })
  return id
}

export function updateField(nodeId: NodeId, fieldId: FieldId, patch: FieldPatch): void {
  const keys = Object.keys(patch).sort().join()
  edit(patch.name === undefined ? 'Edit field' : 'Rename field', draft => patchField(draft, nodeId, { fieldId, patch }), {
    undo: 'merge',
    mergeKey: `field:${nodeId}:${fieldId}:${keys}`,
  })
}

export function removeField(nodeId: NodeId, fieldId: FieldId): void {
  edit('Remove field', draft => dropField(draft, nodeId, fieldId))
}

/** `toIndex` counts among the fields of the same role. */
export function moveField(nodeId: NodeId, fieldId: FieldId, toIndex: number): void {
  edit('Move field', draft => moveFieldTo(draft, nodeId, { fieldId, toIndex }))
}

/** Makes the node's fields those of the line. Nothing changes when the line cannot be read. */
export function setSignatureLine(nodeId: NodeId, line: string): LineVerdict {
  let verdict: LineVerdict = { ok: true }
  edit(
    'Edit signature',
    draft => {
      verdict = writeSignatureLine(draft, nodeId, line)
    },
    { undo: 'merge', mergeKey: `signature:${nodeId}` },
  )
  return verdict
}
