import { isRequired, valuesOfEnum } from '../signature/types/class-kinds'
import type { EnumValue, FieldType, TypeOf } from '../signature/types/field-type'
import { answerType } from '../signature/types/decision-kinds'
import { typeName } from '../signature/type-name'
import { holdsFile, holdsItself, opened } from '../signature/types/registry'

/** Why values of `from` may not flow into `to`, or undefined when they may. */
export function typeMismatch(from: FieldType, to: FieldType): string | undefined {
  if (flows(from, to)) return undefined
  const hint = (to.kind === 'enum' || to.kind === 'enum-class') && from.kind === 'str' ? ': not every text is one of its values' : ''
  return `${typeName(from)} does not fit ${typeName(to)}${hint}`
}

/**
 * Same type; int into float; anything but a file into str (the prompt shows it as text) and into any; parts of lists, dictionaries and
 * objects by the same rules, and every member of a union. What may be empty fits only what may be empty.
 */
function flows(named: FieldType, wanted: FieldType): boolean {
  const [from, to] = [unnamed(named), unnamed(wanted)]
  if (to.kind === 'any' || from.kind === 'any') return true
  if (to.kind === 'str') return !holdsFile(from)
  // Each of them reads a text as its own.
  if (to.kind === 'code' || to.kind === 'reasoning' || to.kind === 'document') return from.kind === to.kind || textKinds.has(from.kind)
  if (to.kind === 'optional') return flows(from.kind === 'optional' ? from.of : from, to.of)
  if (from.kind === 'enum') return enumFlows(from.values, to)
  if (to.kind === 'enum') return false
  if (to.kind === 'union') return membersOf(from).every(member => to.of.some(other => flows(member, other)))
  if (from.kind === 'union') return from.of.every(member => flows(member, to))
  if (to.kind === 'list' || to.kind === 'set') return itemsFlow(from, to.of)
  if (to.kind === 'tuple') return tupleFlows(from, to)
  if (to.kind === 'dict') return dictFlows(from, to)
  if (to.kind === 'choice') return from.kind === 'choice' && flows(answerType(from), answerType(to))
  if (to.kind === 'score') return from.kind === 'score' && from.levels.length === to.levels.length
  if (from.kind === 'itself' && to.kind === 'itself') return true
  // One of the two is opened at most, and the other ends: no comparison goes on for ever.
  const [given, wantedWhole] = [holdsItself(to) ? from : opened(from), holdsItself(from) ? to : opened(to)]
  const keys = keysOf(wantedWhole)
  if (keys) return objectFlows(given, keys)
  if (to.kind === 'float') return from.kind === 'float' || from.kind === 'int'
  return from.kind === to.kind
}

const textKinds: ReadonlySet<FieldType['kind']> = new Set<FieldType['kind']>(['str', 'code', 'reasoning'])
/** Members of an Enum are values like those of a Literal, and so is the answer of a decision alone. */
function unnamed(type: FieldType): FieldType {
  if ((type.kind === 'noul' || type.kind === 'choice') && type.isPlain) return answerType(type)
  return type.kind === 'enum-class' ? { kind: 'enum', values: valuesOfEnum(type) } : type
}

/** The keys of an object, named or not, and whether one may lack them. */
function keysOf(type: FieldType): readonly { readonly name: string; readonly type: FieldType; readonly isNeeded: boolean }[] | undefined {
  if (type.kind === 'class') return type.fields.map(field => ({ name: field.name, type: field.type, isNeeded: isRequired(field) }))
  if (type.kind !== 'object') return undefined
  return Object.entries(type.fields).map(([name, of]) => ({ name, type: of, isNeeded: of.kind !== 'optional' }))
}

function enumFlows(values: readonly EnumValue[], to: FieldType): boolean {
  if (to.kind === 'enum') return values.every(value => to.values.includes(value))
  if (to.kind === 'int') return values.every(value => Number.isInteger(value))
  if (to.kind === 'bool') return values.every(value => typeof value === 'boolean')
  return to.kind === 'float' && values.every(value => typeof value === 'number')
}

function membersOf(type: FieldType): readonly FieldType[] {
  return type.kind === 'union' ? type.of : [type]
}

/** Lists, sets and tuples are all lists in JSON; as a set, a list loses its repetitions. */
function itemsFlow(from: FieldType, of: FieldType): boolean {
  if (from.kind === 'list' || from.kind === 'set') return flows(from.of, of)
  return from.kind === 'tuple' && (from.rest ? [from.rest] : from.items).every(item => flows(item, of))
}

function tupleFlows(from: FieldType, to: TypeOf<'tuple'>): boolean {
  if (to.rest) return itemsFlow(from, to.rest)
  if (from.kind !== 'tuple' || from.rest || from.items.length !== to.items.length) return false
  return from.items.every((item, at) => flows(item, to.items[at] ?? { kind: 'any' }))
}

function keysFlow({ key: from }: TypeOf<'dict'>, { key: to }: TypeOf<'dict'>): boolean {
  return to === undefined || (from !== undefined && flows(from, to))
}

function dictFlows(from: FieldType, to: TypeOf<'dict'>): boolean {
  const { of } = to
  if (from.kind === 'dict') return keysFlow(from, to) && flows(from.of, of)
  if (to.key) return false
  const parts = keysOf(from)
  if (parts === undefined) return false
  return parts.length === 0 ? of.kind === 'any' : parts.every(part => flows(part.type, of))
}

function objectFlows(from: FieldType, wanted: NonNullable<ReturnType<typeof keysOf>>): boolean {
  if (from.kind === 'dict' || from.kind === 'itself') return wanted.length === 0
  const given = keysOf(from)
  if (given === undefined) return false
  const parts = new Map(given.map(part => [part.name, part.type]))
  return wanted.every(({ name, type, isNeeded }) => {
    const part = parts.get(name)
    return part === undefined ? !isNeeded : flows(part, type)
  })
}
