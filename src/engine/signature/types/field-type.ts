/**
 * The types a field may have: those of DSPy's signatures that JSON can hold. A tuple and a set are lists in JSON, points in time are texts.
 * `object` with no fields is an open dictionary (`dict[str, Any]` in DSPy's grammar); with fields it stands where Python DSPy would name a
 * pydantic model. `isBare` is a Python type without its brackets (`list`, `dict`, `tuple`, `set`): its parts are of any type.
 */
export type FieldType =
  | { readonly kind: 'str' }
  | { readonly kind: 'int' }
  | { readonly kind: 'float' }
  | { readonly kind: 'bool' }
  | { readonly kind: 'any' }
  /** A picture, a recording, a file of any kind, as a reference to its bytes: something a model is shown, never something it writes. */
  | { readonly kind: 'image' }
  | { readonly kind: 'audio' }
  | { readonly kind: 'file' }
  /** Earlier turns of a conversation: `{ messages: [{ question: …, answer: … }] }`. */
  | { readonly kind: 'history' }
  /** A text. Without a language it is Python to DSPy, which names none in its prompts then. */
  | { readonly kind: 'code'; readonly language?: string }
  | { readonly kind: 'reasoning' }
  | { readonly kind: 'tool' }
  | { readonly kind: 'tool-calls' }
  | { readonly kind: 'document' }
  | { readonly kind: 'citations' }
  | { readonly kind: 'date' }
  | { readonly kind: 'datetime' }
  | { readonly kind: 'time' }
  | { readonly kind: 'enum'; readonly values: readonly EnumValue[] }
  | { readonly kind: 'list'; readonly of: FieldType; readonly isBare?: true }
  | { readonly kind: 'set'; readonly of: FieldType; readonly isBare?: true }
  /** One value for each of `items`; or, with `rest`, any number of values of that type. */
  | { readonly kind: 'tuple'; readonly items: readonly FieldType[]; readonly rest?: FieldType; readonly isBare?: true }
  /** Keys are texts unless `key` says otherwise. */
  | { readonly kind: 'dict'; readonly of: FieldType; readonly key?: KeyType; readonly isBare?: true }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, FieldType>> }
  | { readonly kind: 'optional'; readonly of: FieldType }
  /** One of two or more types, none of them optional: what may also be empty is an optional union. */
  | { readonly kind: 'union'; readonly of: readonly FieldType[] }

/** An option of a `Literal`. */
export type EnumValue = string | number | boolean | null

/** What keys of a dictionary can be, since JSON has them as texts. */
export type KeyType = TypeOf<'int' | 'float' | 'enum' | 'date'>

export type TypeOf<K extends FieldType['kind']> = Extract<FieldType, { readonly kind: K }>
