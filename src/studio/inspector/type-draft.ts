import { typeProblem } from '@/engine/signature/check-fields'
import { coerceValue } from '@/engine/signature/check-value'
import { isClass } from '@/engine/signature/types/class-kinds'
import type { ClassField, ClassType, EnumMember, EnumValue, FieldType } from '@/engine/signature/types/field-type'
import { typesWithin, withItself } from '@/engine/signature/types/registry'
import { parseJson, type Json } from '@/lib/json'
import { pythonStr } from '@/lib/python-text'

/** A type with a name as it is edited: rows keep an id while their names change, so that a rename is told from a new field. */
export interface TypeDraft {
  readonly kind: ClassType['kind']
  readonly name: string
  readonly desc: string
  readonly fields: readonly FieldRow[]
  readonly members: readonly MemberRow[]
}

export interface FieldRow {
  readonly id: number
  readonly name: string
  /** The name that it had when the editor was opened. */
  readonly was?: string
  readonly type: FieldType
  readonly desc: string
  /** As it is typed; empty is none. */
  readonly usual: string
}

export interface MemberRow {
  readonly id: number
  readonly name: string
  readonly value: string
  /** What the text stood for when the editor was opened, `None` or 1. */
  readonly was?: EnumValue
}

export function draftOf(type: ClassType, isNew: boolean): TypeDraft {
  const { kind, name, desc = '' } = type
  const fields = type.kind === 'class' ? type.fields.map((field, at) => fieldRow(field, at, isNew)) : [emptyField([])]
  const members = type.kind === 'enum-class' ? type.members.map((member, at) => memberRow(member, at)) : [emptyMember([])]
  return { kind, name, desc, fields, members }
}

export function emptyField(rows: readonly FieldRow[]): FieldRow {
  return { id: nextId(rows), name: freeName('field', rows), type: { kind: 'str' }, desc: '', usual: '' }
}

export function emptyMember(rows: readonly MemberRow[]): MemberRow {
  const name = freeName('OPTION', rows)
  return { id: nextId(rows), name, value: name.toLowerCase() }
}

/** The type that a draft says, as far as it can be read; defaults that cannot be read are left out. */
export function typeOfDraft({ kind, name, desc, fields, members }: TypeDraft): ClassType {
  const about = desc.trim() === '' ? {} : { desc: desc.trim() }
  if (kind === 'enum-class') return { kind, name, ...about, members: membersOf(members) }
  return {
    kind,
    name,
    ...about,
    fields: fields.map((row): ClassField => {
      const usual = usualOf(row)
      return {
        name: row.name,
        type: withItself(row.type, { kind: 'itself', name }),
        ...(row.desc.trim() !== '' && { desc: row.desc.trim() }),
        ...(usual?.ok && { default: usual.value }),
      }
    }),
  }
}

/** Why a draft cannot be kept. `others` are the types that the project has beside it. */
export function draftProblem(draft: TypeDraft, others: readonly ClassType[]): string | undefined {
  const type = typeOfDraft(draft)
  if (others.some(({ name }) => name === draft.name)) return `There is a type \`${draft.name}\` already. Choose another name.`
  if (typesWithin(type).some(part => part !== type && isClass(part) && part.name === draft.name))
    return `\`${draft.name}\` can hold itself, but not by way of another type. Give that field another type.`
  for (const row of draft.kind === 'class' ? draft.fields : []) {
    const usual = usualOf(row)
    if (usual?.ok === false) return `The default of \`${row.name}\` does not fit: ${usual.reason}.`
  }
  return typeProblem(type)
}

/** New names of fields by the old ones. */
export function renamedFields({ kind, fields }: TypeDraft): ReadonlyMap<string, string> {
  const renamed = fields.flatMap(({ was, name }) => (was === undefined || was === name ? [] : [[was, name] as const]))
  return new Map(kind === 'class' ? renamed : [])
}

/** The names that fields had which the draft has no more. */
export function lostFields(type: ClassType, { fields }: TypeDraft): readonly string[] {
  return type.kind === 'class' ? type.fields.map(({ name }) => name).filter(name => !fields.some(({ was }) => was === name)) : []
}

function fieldRow({ name, type, desc = '', default: usual }: ClassField, id: number, isNew: boolean): FieldRow {
  return { id, name, ...(!isNew && { was: name }), type, desc, usual: usual === undefined ? '' : usualText(type, usual) }
}

function memberRow({ name, value }: EnumMember, id: number): MemberRow {
  return { id, name, value: pythonStr(value), was: value }
}

/** A text as it is, anything else as JSON. */
function usualText(type: FieldType, usual: Json): string {
  return typeof usual === 'string' && !(type.kind === 'optional' && usual === 'null') ? usual : JSON.stringify(usual)
}

/** The default that a text means for the type of its field; undefined where there is none. */
function usualOf({ type, usual }: FieldRow): ReturnType<typeof coerceValue> | undefined {
  if (usual.trim() === '') return undefined
  if (type.kind === 'str') return coerceValue(type, usual)
  const read = parseJson(usual)
  return coerceValue(type, read.ok ? read.value : usual)
}

/** Numbers where all of them read as numbers; what was there before stays what it was. */
function membersOf(rows: readonly MemberRow[]): readonly EnumMember[] {
  const areNumbers = rows.every(({ value }) => /^-?\d+(\.\d+)?$/.test(value.trim()))
  return rows.map(({ name, value, was }) => {
    if (was !== undefined && pythonStr(was) === value) return { name, value: was }
    return { name, value: areNumbers ? Number(value) : value }
  })
}

function nextId(rows: readonly { readonly id: number }[]): number {
  return Math.max(-1, ...rows.map(({ id }) => id)) + 1
}

function freeName(stem: string, rows: readonly { readonly name: string }[]): string {
  let number = rows.length + 1
  while (rows.some(({ name }) => name === `${stem}_${number}`)) number += 1
  return `${stem}_${number}`
}
