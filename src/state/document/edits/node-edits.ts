import type { AdapterId } from '@/engine/program/adapter-id'
import type { ModuleId, NodeId, ProgramState } from '@/engine/program/program'
import type { Project } from '@/engine/project/project'
import type { Field, FieldId } from '@/engine/signature/signature'
import { canonicalJson } from '@/lib/canonical-json'
import type { JsonObject } from '@/lib/json'
import { isStepNode, moduleKind } from '@/engine/modules/registry'
import { notify } from '../../session/notices'
import { editShown, shownProject } from '../shown-program'
import {
  dropField,
  insertField,
  moveFieldTo,
  patchField,
  writeSignatureLine,
  writeTemplateText,
  type FieldPatch,
  type LineVerdict,
} from './field-draft'
import { knownTypes } from './type-edits'
import { nodeOf, setNodeModule, setNodeParams } from './graph-draft'

/** What the new module has no place for goes, and is said: tools and demos may be hours of work. */
export function setModule(nodeId: NodeId, module: ModuleId): void {
  const before = shownProject()
  editShown('Change module', draft => setNodeModule(draft, nodeId, module))
  const lost = lostSettings(before, shownProject(), nodeId)
  if (lost === undefined) return
  notify({
    title: `${lost.name} no longer has ${listed(lost.things)}`,
    detail: `${moduleKind(module)?.title ?? module} has no place for ${lost.things.length === 1 ? 'it' : 'them'}. Undo brings everything back.`,
    tone: 'warn',
  })
}

function lostSettings(before: Pick<Project, 'graph' | 'state'>, after: Pick<Project, 'graph' | 'state'>, id: NodeId) {
  const [old, now] = [before, after].map(({ graph }) => graph.nodes.find(node => node.id === id))
  if (old?.kind !== 'signature' || now?.kind !== 'signature' || old.module === now.module) return undefined
  const shape = moduleKind(old.module)?.params.shape ?? {}
  const settings = Object.keys(old.moduleParams).filter(key => !Object.hasOwn(now.moduleParams, key))
  const demos = countDemos(before.state, id) - countDemos(after.state, id)
  const things = [
    ...settings.map(key => `its ${(shape[key]?.meta()?.title ?? key).toLowerCase()}`),
    ...(demos > 0 ? [demos === 1 ? '1 of its demos' : `${demos} of its demos`] : []),
  ]
  return things.length === 0 ? undefined : { name: old.name, things }
}

function countDemos(state: ProgramState, id: NodeId): number {
  return Object.entries(state).reduce((sum, [key, { demos }]) => (key === id || key.startsWith(`${id}.`) ? sum + demos.length : sum), 0)
}

function listed(things: readonly string[]): string {
  return things.length < 2 ? things.join('') : `${things.slice(0, -1).join(', ')} and ${things.at(-1)}`
}

/** Settings of the module. What is typed into one setting is one step of undo; `typed` names a place within it, such as a tool's code. */
export function setModuleParams(nodeId: NodeId, params: JsonObject, typed?: string): void {
  const node = shownProject().graph.nodes.find(each => each.id === nodeId)
  if (node === undefined || !('moduleParams' in node)) return
  const { moduleParams: before = {} } = node
  const keys = [...new Set([...Object.keys(before), ...Object.keys(params)])]
  const changed = keys.filter(key => canonicalJson(before[key] ?? null) !== canonicalJson(params[key] ?? null))
  editShown('Edit settings', draft => setNodeParams(draft, nodeId, params), {
    undo: 'merge',
    mergeKey: `params:${nodeId}:${typed ?? changed.sort().join()}`,
  })
}

/** A tool added, removed or moved: a step of undo of its own, whatever was typed before. */
export function arrangeTools(nodeId: NodeId, label: string, params: JsonObject): void {
  editShown(label, draft => setNodeParams(draft, nodeId, params))
}

/** How the steps of the shown body ask that choose nothing themselves; undefined for what its step says. */
export function setBodyAdapter(adapter: AdapterId | undefined): void {
  editShown('Change adapter', draft => {
    if (adapter === undefined) delete draft.graph.adapter
    else draft.graph.adapter = adapter
  })
}

/** How this step asks; undefined gives it back to the program's choice. */
export function setNodeAdapter(nodeId: NodeId, adapter: AdapterId | undefined): void {
  editShown('Change adapter of step', draft => {
    const node = nodeOf(draft, nodeId)
    const own = 'adapter' in node ? node.adapter : undefined
    if (!isStepNode(node) || own === adapter) return
    Object.assign(node, { adapter })
    if (adapter === undefined) delete node.adapter
  })
}

export function setCodeSource(nodeId: NodeId, source: string): void {
  editShown(
    'Edit code',
    draft => {
      const node = nodeOf(draft, nodeId)
      if ('source' in node && node.source !== source) node.source = source
    },
    { undo: 'merge', mergeKey: `code:${nodeId}` },
  )
}

/** The text of a template; a name in braces makes an input. */
export function setTemplateText(nodeId: NodeId, text: string): void {
  editShown('Edit text', draft => writeTemplateText(draft, nodeId, text), { undo: 'merge', mergeKey: `text:${nodeId}` })
}

/** Adds a field at the end of its side and returns its id. */
export function addField(nodeId: NodeId, role: Field['role'], patch: FieldPatch = {}): FieldId {
  let id = ''
  editShown('Add field', draft => {
    id = insertField(draft, nodeId, { role, patch })
  })
  return id
}

export function updateField(nodeId: NodeId, fieldId: FieldId, patch: FieldPatch): void {
  const keys = Object.keys(patch).sort().join()
  editShown(patch.name === undefined ? 'Edit field' : 'Rename field', draft => patchField(draft, nodeId, { fieldId, patch }), {
    undo: 'merge',
    mergeKey: `field:${nodeId}:${fieldId}:${keys}`,
  })
}

export function removeField(nodeId: NodeId, fieldId: FieldId): void {
  editShown('Remove field', draft => dropField(draft, nodeId, fieldId))
}

/** `toIndex` counts among the fields of the same role. */
export function moveField(nodeId: NodeId, fieldId: FieldId, toIndex: number): void {
  editShown('Move field', draft => moveFieldTo(draft, nodeId, { fieldId, toIndex }))
}

/** Makes the node's fields those of the line. Nothing changes when the line cannot be read. */
export function setSignatureLine(nodeId: NodeId, line: string): LineVerdict {
  let verdict: LineVerdict = { ok: true }
  editShown(
    'Edit signature',
    draft => {
      verdict = writeSignatureLine(draft, nodeId, line, knownTypes())
    },
    { undo: 'merge', mergeKey: `signature:${nodeId}` },
  )
  return verdict
}
