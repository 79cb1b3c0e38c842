import { canonicalJson } from '@/lib/canonical-json'
import { isJsonObject, type Json } from '@/lib/json'
import { bodiesOf } from './bodies'
import type { ProgramGraph, ProgramNode } from './program'
import { isClass, valuesOfEnum } from '../signature/types/class-kinds'
import type { ClassType, FieldType } from '../signature/types/field-type'
import { classesIn, mapType, partType } from '../signature/types/registry'

/** A program with the types that are kept beside it: a project. */
export interface WithTypes {
  readonly graph: Pick<ProgramGraph, 'nodes'>
  readonly types?: readonly ClassType[]
}

/** A place of a program that has a type: a field, or an argument of a tool. */
export interface TypedPlace {
  readonly name: string
  readonly type: FieldType
}

/** Every such place of a graph and of the programs within its steps, with the node it belongs to. Those of a draft may be changed. */
export function typedPlaces(graph: Pick<ProgramGraph, 'nodes'>): readonly { readonly node: ProgramNode; readonly place: TypedPlace }[] {
  return graph.nodes.flatMap(node => [
    ...[...node.fields, ...toolArguments(node)].map(place => ({ node, place })),
    ...bodiesOf(node).flatMap(body => typedPlaces(body.graph)),
  ])
}

/** The types with a name that a project has: those of its library, then those that only its programs use. One for each name. */
export function typesOfProject({ graph, types = [] }: WithTypes): readonly ClassType[] {
  const all = [...types, ...classesIn([...types, ...typedPlaces(graph).map(({ place }) => place.type)])]
  return [...new Map(all.toReversed().map(type => [type.name, type])).values()].toReversed()
}

/** Every shape that stands under one name, where there is more than one: the first is the one that `typesOfProject` has. */
export function unlikeTypes({ graph, types = [] }: WithTypes): readonly (readonly ClassType[])[] {
  const shapes = new Map<string, Map<string, ClassType>>()
  for (const type of [...types, ...classesIn([...types, ...typedPlaces(graph).map(({ place }) => place.type)])]) {
    const own = shapes.get(type.name) ?? new Map<string, ClassType>()
    shapes.set(type.name, own.set(canonicalJson(type), type))
  }
  return [...shapes.values()].filter(own => own.size > 1).map(own => [...own.values()])
}

/** The type with every use of a name in it given another type. */
export function replacedIn(type: FieldType, name: string, next: (old: ClassType) => FieldType): FieldType {
  return mapType(type, part => (isClass(part) && part.name === name ? next(part) : part))
}

/** A type with a name as one without: what its uses become when it is deleted. Descriptions and defaults have no place there, and what held the type itself holds anything. */
export function withoutName(type: ClassType): FieldType {
  if (type.kind === 'enum-class') return { kind: 'enum', values: valuesOfEnum(type) }
  const bare = (of: FieldType) => mapType(of, part => (part.kind === 'itself' && part.name === type.name ? any : part))
  return { kind: 'object', fields: Object.fromEntries(type.fields.map(field => [field.name, bare(field.type)])) }
}

const any: FieldType = { kind: 'any' }

/** A value of a type with the keys of one class in it renamed: what becomes of demos. */
export function withRenamedKeys(type: FieldType, value: Json, name: string, renamed: ReadonlyMap<string, string>): Json {
  if (type.kind === 'optional') return withRenamedKeys(type.of, value, name, renamed)
  if (type.kind === 'union') return type.of.reduce((changed, of) => withRenamedKeys(of, changed, name, renamed), value)
  if (isList(value)) return value.map((item, at) => inner(partType(type, at), item))
  if (!isJsonObject(value)) return value
  const isMeant = type.kind === 'class' && type.name === name
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [isMeant ? (renamed.get(key) ?? key) : key, inner(partType(type, key), item)]),
  )

  function inner(part: FieldType | undefined, item: Json): Json {
    return part === undefined ? item : withRenamedKeys(part, item, name, renamed)
  }
}

/** Arguments as a step stores them, each a place where it holds a type. */
function toolArguments(node: ProgramNode): readonly TypedPlace[] {
  const params = 'moduleParams' in node ? node.moduleParams : undefined
  const tools = params?.['tools']
  if (!isList(tools)) return []
  const places = tools.flatMap(tool => {
    const args = isJsonObject(tool) ? tool['args'] : undefined
    return isList(args) ? args.filter(isJsonObject) : []
  })
  // Parsed with the settings of the module: an argument has a name and a type.
  return places.filter(({ name, type }) => typeof name === 'string' && isJsonObject(type)) as unknown as readonly TypedPlace[]
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
