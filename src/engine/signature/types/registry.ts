import { canonicalJson } from '@/lib/canonical-json'
import type { ClassType, FieldType, TypeOf } from './field-type'
import { enumKind } from './choice-kind'
import { classKind, enumClassKind, isClass } from './class-kinds'
import { choiceKind, noulKind, scoreKind } from './decision-kinds'
import { dictKind, objectKind } from './dict-kinds'
import { listKind, setKind, tupleKind } from './list-kinds'
import { citationsKind, documentKind } from './citation-kinds'
import { itselfKind, holdsItself as holdsItselfBy } from './itself-kind'
import { audioKind, fileKind, imageKind } from './media-kinds'
import { historyKind, toolCallsKind, toolKind } from './message-kinds'
import { anyKind, boolKind, floatKind, intKind, strKind } from './plain-kinds'
import { codeKind, reasoningKind } from './text-kinds'
import { clockKind, dateKind, datetimeKind } from './time-kinds'
import type { TypeKind } from './type-kind'
import { optionalKind, unionKind } from './union-kinds'

/** Every kind of type, in the order of menus. */
export const typeKinds: { readonly [K in FieldType['kind']]: TypeKind<TypeOf<K>> } = {
  str: strKind,
  int: intKind,
  float: floatKind,
  bool: boolKind,
  enum: enumKind,
  list: listKind,
  object: objectKind,
  class: classKind,
  itself: itselfKind,
  'enum-class': enumClassKind,
  dict: dictKind,
  noul: noulKind,
  choice: choiceKind,
  score: scoreKind,
  date: dateKind,
  datetime: datetimeKind,
  time: clockKind,
  image: imageKind,
  audio: audioKind,
  file: fileKind,
  history: historyKind,
  code: codeKind,
  reasoning: reasoningKind,
  tool: toolKind,
  'tool-calls': toolCallsKind,
  document: documentKind,
  citations: citationsKind,
  tuple: tupleKind,
  set: setKind,
  union: unionKind,
  any: anyKind,
  optional: optionalKind,
}

/** What is known of a type. */
export function typeKind<T extends FieldType>(type: T): TypeKind<T> {
  // A table by kind has the kind of this type; the compiler does not follow that through the union.
  return typeKinds[type.kind] as unknown as TypeKind<T>
}

/** The type itself and all that are inside of it. */
export function typesWithin(type: FieldType): readonly FieldType[] {
  return [type, ...typeKind(type).parts(type).flatMap(typesWithin)]
}

/** Every type with a name in some types, each once, those within before those around them. */
export function classesIn(types: readonly FieldType[]): readonly ClassType[] {
  const found = types.flatMap(type => typesWithin(type).filter(isClass)).toReversed()
  return [...new Map(found.map(type => [canonicalJson(type), type])).values()]
}

/** The type of one part of a value, whether or not the value may be empty; undefined where nothing is known of it. */
export function partType(type: FieldType, at: number | string): FieldType | undefined {
  if (type.kind === 'optional') return partType(type.of, at)
  const open = opened(type)
  return typeKind(open).partAt?.(open, at)
}

/** True for a class with itself in it, but not within another class. */
export function holdsItself(type: FieldType): boolean {
  return isClass(type) && holdsItselfBy(type, part => typeKind(part).parts(part))
}

/**
 * A class as whoever goes into one of its values needs it: with the class itself wherever it says `itself`. It is opened by one level, so
 * the value decides where it ends. Any other type as it is.
 */
export function opened<T extends FieldType>(type: T): T {
  if (type.kind !== 'class' || !holdsItself(type)) return type
  const fields = type.fields.map(field => ({ ...field, type: withItself(field.type, type) }))
  return { ...type, fields }
}

/** A type with another one wherever it stands for the class around it. Classes within it have their own. */
export function withItself(type: FieldType, whole: FieldType): FieldType {
  if (type.kind === 'itself') return whole
  return isClass(type) ? type : (typeKind(type).mapParts?.(type, part => withItself(part, whole)) ?? type)
}

/** The type with every type inside of it changed, from the inside out, and then itself. */
export function mapType(type: FieldType, change: (type: FieldType) => FieldType): FieldType {
  return change(typeKind(type).mapParts?.(type, part => mapType(part, change)) ?? type)
}

/** True for a file, and for whatever may hold one. */
export function holdsFile(type: FieldType): boolean {
  return typesWithin(type).some(of => typeKind(of).isFile)
}
