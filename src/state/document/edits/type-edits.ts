import { castDraft } from 'immer'
import { bodiesOf, bodyPath } from '@/engine/program/bodies'
import type { ClassType, FieldType } from '@/engine/signature/types/field-type'
import { replacedIn, typedPlaces, typesOfProject, withoutName, withRenamedKeys } from '@/engine/program/named-types'
import { isSameJson } from '@/lib/three-way-merge'
import { currentProject, edit, type ProjectDraft } from '../project-store'
import { plain } from './graph-draft'

/** The types with a name of the open project: what a signature line may name. */
export function knownTypes(): readonly ClassType[] {
  return typesOfProject(currentProject())
}

/** A new type with a name. */
export function addType(type: ClassType): void {
  edit(`Add type ${type.name}`, draft => {
    draft.types = castDraft([...keptTypes(draft), type])
  })
}

export interface TypeChange {
  /** The name that the type has until now. */
  readonly name: string
  readonly next: ClassType
  /** New names of its keys, by the old ones: demos follow. */
  readonly renamed: ReadonlyMap<string, string>
}

/** Writes a changed type wherever the project uses it, as one step to undo. */
export function changeType({ name, next, renamed }: TypeChange): void {
  edit(`Change type ${name}`, draft => {
    // Before the types change: values are found by the types they have.
    if (renamed.size > 0) renameInDemos(draft, draft.graph, '', { name, renamed })
    const kept = keptTypes(draft)
    draft.types = castDraft(kept.map(type => asClass(replacedIn(type, name, () => next))))
    retypePlaces(draft, type => replacedIn(type, name, () => next))
  })
}

/** One of several types of a name for all uses of it. */
export function takeTypeEverywhere(type: ClassType): void {
  changeType({ name: type.name, next: type, renamed: new Map() })
}

/** Takes a type away; its uses become the same type without a name. */
export function removeType(name: string): void {
  edit(`Delete type ${name}`, draft => {
    const kept = keptTypes(draft).filter(type => type.name !== name)
    draft.types = castDraft(kept.map(type => asClass(replacedIn(type, name, withoutName))))
    retypePlaces(draft, type => replacedIn(type, name, withoutName))
  })
}

/** All types of the project: from the first edit on the library holds also those that came with a program. */
function keptTypes(draft: ProjectDraft): readonly ClassType[] {
  return typesOfProject(plain(draft))
}

/** A class stays one, whatever changes inside of it. */
function asClass(type: FieldType): ClassType {
  if (type.kind === 'class' || type.kind === 'enum-class') return type
  throw new Error(`a type with a name became ${type.kind}`)
}

function retypePlaces(draft: ProjectDraft, change: (type: FieldType) => FieldType): void {
  for (const { place } of typedPlaces(draft.graph as unknown as Parameters<typeof typedPlaces>[0])) {
    const before = plain(place.type)
    const after = change(before)
    // Only what differs, so that the step names what it touched. A place of a draft may be written.
    if (!isSameJson(before, after)) (place as { type: FieldType }).type = after
  }
}

function renameInDemos(
  draft: ProjectDraft,
  graph: ProjectDraft['graph'],
  path: string,
  change: Pick<TypeChange, 'name' | 'renamed'>,
): void {
  for (const node of graph.nodes) {
    const id = `${path}${node.id}`
    for (const [predictor, { demos }] of Object.entries(draft.state)) {
      if (predictor !== id && !predictor.startsWith(`${id}.`)) continue
      for (const demo of demos) {
        for (const { name, type } of node.fields) {
          const value = demo[name]
          if (value !== undefined) demo[name] = castDraft(withRenamedKeys(plain(type), plain(value), change.name, change.renamed))
        }
      }
    }
    for (const body of bodiesOf(node)) renameInDemos(draft, body.graph, `${bodyPath(id, body.id)}/`, change)
  }
}
