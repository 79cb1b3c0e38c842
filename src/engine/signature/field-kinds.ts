import type { FieldType } from './types/field-type'
import { typeKinds } from './types/registry'

export interface FieldKind {
  readonly id: FieldType['kind']
  /** In a few words. */
  readonly help: string
  /** One type of this kind, to show how it is written. */
  readonly example: FieldType
}

/** What people read of each kind of type, in the order of the menu. */
export const fieldKinds: readonly FieldKind[] = Object.entries(typeKinds).map(([id, { help, example }]) => ({
  id: id as FieldType['kind'],
  help,
  example,
}))
