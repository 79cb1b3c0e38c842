import type { Json, JsonObject } from '@/lib/json'
import type { FieldType } from './field-type'

export type Coerced = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string }

/** How well a value fits: as it is, as Python's strict reading takes it (an int for a float), or only after it was converted. */
export type Fitness = 'exact' | 'strict' | 'lax'

/**
 * All that is known of one kind of type, but how it looks and what fills it in a form. A kind asks about the types in it through the function
 * it is handed, so none of them knows another.
 */
export interface TypeKind<T extends FieldType = FieldType> {
  /** In a few words, for the menu of types. */
  readonly help: string
  /** One type of this kind, to show how it is written. */
  readonly example: T
  /** The spelling of DSPy's signature strings, or the one that DSPy shows inside prompts. */
  spell(type: T, spell: (type: FieldType) => string, place: 'signature' | 'prompt'): string
  /** Keys in the order of prompts: `type` first, the rest by the alphabet. */
  schema(type: T, schemaOf: (type: FieldType) => JsonObject): JsonObject
  /** The schema with nothing left open, as structured outputs ask for it; undefined where it cannot be closed. */
  closedSchema(type: T, closed: (type: FieldType) => JsonObject | undefined): JsonObject | undefined
  /** The value as the type has it, by the lax rules of pydantic. Undefined is a refusal that only says what was expected. */
  fit(
    type: T,
    value: Json,
    fit: (type: FieldType, value: Json) => Coerced,
    fitness: (type: FieldType, value: Json) => Fitness,
  ): Coerced | undefined
  /** How well a value that fits does so: what decides between the members of a union. */
  fitness(type: T, value: Json, fitness: (type: FieldType, value: Json) => Fitness): Fitness
  /** What a model wrote for an output of the type, where it is a text of its own rules: all others are read as JSON. */
  read?(type: T, text: string): Json
  /** Its values are files, parts of their own in a message. */
  readonly isFile?: true
  /** What a model is given and cannot be asked for, in the plural. Absent for what it can write. */
  readonly given?: string
  /** The types inside of it. */
  parts(type: T): readonly FieldType[]
  /** The same type with other parts. Present where it has any. */
  mapParts?(type: T, change: (part: FieldType) => FieldType): T
  /** The type of one part of a value: of an item of a list, or of what stands under a key. Undefined where nothing is known of it. */
  partAt?(type: T, at: number | string): FieldType | undefined
  /** Why the type cannot be used as it is, in a sentence. Its parts are asked by themselves. */
  problem?(type: T): string | undefined
}

export function fitted(value: Json | undefined): Coerced | undefined {
  return value === undefined ? undefined : { ok: true, value }
}

/** The least of some fits. */
export function worst(fits: Iterable<Fitness>): Fitness {
  let worstYet: Fitness = 'exact'
  for (const fit of fits) {
    if (fit === 'lax') return fit
    if (fit === 'strict') worstYet = fit
  }
  return worstYet
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
