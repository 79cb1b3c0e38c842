import { castDraft } from 'immer'
import type { FieldId, Field } from '@/engine/signature/signature'
import type { ClassType } from '@/engine/signature/types/field-type'
import { itemNode, parallel } from '@/engine/modules/parallel'
import type { NodeId, ProgramNode } from '@/engine/program/program'
import { isEngineError } from '@/engine/base/errors'
import { isOutputNode } from '@/engine/program/ends'
import { defaultInstructions } from '@/engine/signature/default-instructions'
import { heldSettings } from '@/engine/signature/decisions/settings'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import type { ProjectDraft } from '../project-store'
import { followInBodies } from './body-fields'
import { completeDraftState, dropLooseEdges, forgetMapping, nodeOf, plain, predictorIds } from './graph-draft'
import { uniqueName } from './names'
import { newField } from './new-node'
import { renameMetricField } from './metric-draft'
import { fieldsOfText, followInText } from './text-fields'
import { followInWays } from './way-fields'

/** A key that stands without a value is taken away. */
export type FieldPatch = Partial<Pick<Field, 'name' | 'type' | 'desc'>> & { readonly [K in OptionalKey]?: Field[K] | undefined }
export type LineVerdict = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly position?: number }

/** Adds a field at the end of its side. */
export function insertField(
  draft: ProjectDraft,
  nodeId: NodeId,
  { role, patch = {} }: { role: Field['role']; patch?: FieldPatch },
): FieldId {
  const node = nodeOf(draft, nodeId)
  const taken = node.fields.map(field => field.name)
  const field = patched(newField(uniqueName(role === 'input' ? 'input' : 'output', taken), role), patch)
  changeFields(draft, nodeId, fields => {
    const inputs = fields.filter(each => each.role === 'input')
    const outputs = fields.filter(each => each.role === 'output')
    return role === 'input' ? [...inputs, field, ...outputs] : [...inputs, ...outputs, field]
  })
  return field.id
}

export function patchField(draft: ProjectDraft, nodeId: NodeId, { fieldId, patch }: { fieldId: FieldId; patch: FieldPatch }): void {
  changeFields(draft, nodeId, fields => fields.map(field => (field.id === fieldId ? patched(field, patch) : field)))
}

export function dropField(draft: ProjectDraft, nodeId: NodeId, fieldId: FieldId): void {
  changeFields(draft, nodeId, fields => fields.filter(field => field.id !== fieldId))
}

/** Moves a field among those of its role; `toIndex` counts on its side only. */
export function moveFieldTo(draft: ProjectDraft, nodeId: NodeId, { fieldId, toIndex }: { fieldId: FieldId; toIndex: number }): void {
  changeFields(draft, nodeId, fields => {
    const moved = fields.find(field => field.id === fieldId)
    if (moved === undefined) return fields
    const side = fields.filter(field => field.role === moved.role && field.id !== fieldId)
    side.splice(Math.max(0, Math.min(toIndex, side.length)), 0, moved)
    const other = fields.filter(field => field.role !== moved.role)
    return moved.role === 'input' ? [...side, ...other] : [...other, ...side]
  })
}

/** Makes the node's fields those of a line in DSPy's grammar, which may name `classes`. Fields whose names stay keep ids and descriptions, so wires survive. */
export function writeSignatureLine(draft: ProjectDraft, nodeId: NodeId, line: string, classes: readonly ClassType[] = []): LineVerdict {
  try {
    const { inputs, outputs } = parseSignatureLine(line, classes)
    changeFields(draft, nodeId, fields => [...matchSide(fields, 'input', inputs), ...matchSide(fields, 'output', outputs)])
    return { ok: true }
  } catch (error) {
    if (!isEngineError(error)) throw error
    const position = error.facts.position
    return { ok: false, reason: error.message, ...(typeof position === 'number' ? { position } : {}) }
  }
}

/** The text of a template; its inputs follow. */
export function writeTemplateText(draft: ProjectDraft, nodeId: NodeId, text: string): void {
  const node = nodeOf(draft, nodeId)
  if (node.kind !== 'template' || node.moduleParams['text'] === text) return
  node.moduleParams['text'] = text
  changeFields(draft, nodeId, fields => fieldsOfText(fields, text))
}

/** Makes the node's fields those that are given, with all that is said of them. Fields whose names stay keep their ids, so wires survive. */
export function replaceFields(draft: ProjectDraft, nodeId: NodeId, given: readonly Omit<Field, 'id'>[]): void {
  const side = (fields: readonly Field[], role: Field['role']) => {
    const slots = given.filter(field => field.role === role)
    return matchSide(fields, role, slots).map((field, at): Field => ({ ...slots[at], ...field, desc: slots[at]?.desc ?? '' }))
  }
  changeFields(draft, nodeId, fields => [...side(fields, 'input'), ...side(fields, 'output')])
}

/**
 * The one place where the fields of a node change: what hangs on them follows. Demos, settings of decisions and metric settings go by name, so a
 * rename renames there too; what was set of a decision that went, or is another now, goes; instructions that were the default stay the default; wires and mappings of fields that went, go.
 */
export function changeFields(draft: ProjectDraft, nodeId: NodeId, change: (fields: readonly Field[]) => readonly Field[]): void {
  const node = nodeOf(draft, nodeId)
  const before = plain(node.fields)
  const after = change(before)
  const stays = new Map(after.map(field => [field.id, field]))
  for (const field of before) {
    const next = stays.get(field.id)
    if (next === undefined) forgetMapping(draft, field.id)
    else if (next.name !== field.name) renameValues(draft, nodeId, field, next.name)
  }
  writeFields(node.fields, after)
  followInBodies(node, { before, after })
  followDecisions(draft, nodeId, { before, after })
  followInText(node, { before, after })
  followInWays(node, { before, after })
  followDefaultInstructions(draft, nodeId, { before, after })
  completeDraftState(draft)
  dropLooseEdges(draft)
}

/** What is set of an output that is no such decision any more would keep the program from running. */
function followDecisions(draft: ProjectDraft, nodeId: NodeId, fields: { before: readonly Field[]; after: readonly Field[] }): void {
  const node = plain(nodeOf(draft, nodeId))
  for (const predictor of ownPredictorIds(draft.state, nodeId)) {
    const state = draft.state[predictor]
    if (state?.fields === undefined) continue
    for (const [name, own] of Object.entries(state.fields)) {
      const field = fields.after.find(each => each.name === name)
      // An output that the step adds itself is none of its fields.
      if (field === undefined && !fields.before.some(each => each.name === name)) continue
      const held = field && heldSettings(decidedField(node, field), plain(own))
      if (held === undefined) delete state.fields[name]
      else if (JSON.stringify(held) !== JSON.stringify(own)) state.fields[name] = castDraft(held)
    }
    if (Object.keys(state.fields).length === 0) delete state.fields
  }
}

/** A step that takes lists apart decides item by item. */
function decidedField(node: ProgramNode, field: Field): Field {
  if (node.kind !== 'signature' || node.module !== parallel.id) return field
  return itemNode(node).fields.find(({ id }) => id === field.id) ?? field
}

/** Writes only what differs, so that typing in one field makes one small patch. */
function writeFields(target: ProjectDraft['graph']['nodes'][number]['fields'], after: readonly Field[]): void {
  const sameOrder = target.length === after.length && after.every((field, index) => target[index]?.id === field.id)
  if (!sameOrder) {
    target.splice(0, target.length, ...after.map(field => castDraft(field)))
    return
  }
  for (const [index, field] of after.entries()) {
    const place = target[index]
    if (place === undefined) continue
    if (place.name !== field.name) place.name = field.name
    if (place.desc !== field.desc) place.desc = field.desc
    if (JSON.stringify(place.type) !== JSON.stringify(field.type)) place.type = castDraft(field.type)
    for (const key of optionalKeys) {
      if (field[key] === undefined) delete place[key]
      else if (JSON.stringify(place[key]) !== JSON.stringify(field[key])) Object.assign(place, { [key]: field[key] })
    }
  }
}

const optionalKeys = ['default', 'prefix', 'constraints'] as const satisfies readonly (keyof Field)[]
type OptionalKey = (typeof optionalKeys)[number]

function patched(field: Field, patch: FieldPatch): Field {
  const whole = { ...field, ...patch }
  for (const key of optionalKeys) if (whole[key] === undefined) delete whole[key]
  return whole as Field
}

function renameValues(draft: ProjectDraft, nodeId: NodeId, field: Field, name: string): void {
  if (isOutputNode(nodeOf(draft, nodeId))) renameMetricField(draft, field.name, name)
  for (const predictor of ownPredictorIds(draft.state, nodeId)) {
    const { demos = [], fields = {} } = draft.state[predictor] ?? {}
    const settings = fields[field.name]
    if (settings !== undefined && fields[name] === undefined && name !== '') {
      delete fields[field.name]
      fields[name] = settings
    }
    for (const [index, demo] of demos.entries()) {
      // Half-typed names must not swallow a value of another field.
      if (!(field.name in demo) || name in demo || name === '') continue
      demos[index] = Object.fromEntries(Object.entries(demo).map(([key, value]) => [key === field.name ? name : key, value]))
    }
  }
}

/** Without those of its bodies, whose steps have fields of their own. */
function ownPredictorIds(state: Readonly<Record<string, unknown>>, nodeId: NodeId): string[] {
  return predictorIds(state, nodeId).filter(id => !id.startsWith(`${nodeId}/`))
}

function followDefaultInstructions(
  draft: ProjectDraft,
  nodeId: NodeId,
  fields: { before: readonly Field[]; after: readonly Field[] },
): void {
  const old = defaultInstructions(fields.before)
  for (const predictor of ownPredictorIds(draft.state, nodeId)) {
    const state = draft.state[predictor]
    if (state?.instructions === old) state.instructions = defaultInstructions(fields.after)
  }
}

type Slot = ReturnType<typeof parseSignatureLine>['inputs'][number]

function matchSide(fields: readonly Field[], role: Field['role'], slots: readonly Slot[]): Field[] {
  const old = fields.filter(field => field.role === role)
  const byName = new Map(old.map(field => [field.name, field]))
  const gone = old.filter(field => !slots.some(slot => slot.name === field.name))
  const added = slots.filter(slot => !byName.has(slot.name))
  // One name left and one came: that is a rename, and its wires stay.
  const renamed = gone.length === 1 && added.length === 1 ? gone[0] : undefined
  return slots.map(slot => {
    const kept = byName.get(slot.name) ?? (added.length === 1 ? renamed : undefined)
    return patched(kept ?? newField(slot.name, role), { name: slot.name, type: slot.type, default: slot.default })
  })
}
