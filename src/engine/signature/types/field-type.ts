import type { Json } from '@/lib/json'
import type { Constraints } from './constraints'

/**
 * The types a field may have: those of DSPy's signatures that JSON can hold. A tuple and a set are lists in JSON, points in time are texts.
 * `object` with no fields is an open dictionary (`dict[str, Any]` in DSPy's grammar); with fields it is an object without a name. A `class`
 * is a pydantic model, an `enum-class` a Python `Enum`: both stand whole wherever they are used, and their name tells that two uses are
 * one type. `constraints` are those of Python's `Annotated[…, Field(…)]`. `isBare` is a Python type without its brackets (`list`, `dict`, `tuple`, `set`): its parts are of any type.
 */
export type FieldType =
  | { readonly kind: 'str'; readonly constraints?: Constraints }
  | { readonly kind: 'int'; readonly constraints?: Constraints }
  | { readonly kind: 'float'; readonly constraints?: Constraints }
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
  /**
   * DSPy's experimental decisions: a model gives probabilities, and the answer follows from them by settings of the predictor. `isPlain` is
   * the answer alone: `Annotated[bool, Noul[…]]`, `Annotated[Literal[…], Choice[…]]`. What `criteria`, `desc` and `levels` say is any JSON but
   * a number or a truth value, as DSPy has it.
   */
  | { readonly kind: 'noul'; readonly criteria?: NoulCriteria; readonly isPlain?: true }
  | { readonly kind: 'choice'; readonly options: readonly ChoiceOption[]; readonly isPlain?: true }
  | { readonly kind: 'score'; readonly levels: readonly Json[] }
  | { readonly kind: 'date'; readonly constraints?: Constraints }
  | { readonly kind: 'datetime'; readonly constraints?: Constraints }
  | { readonly kind: 'time'; readonly constraints?: Constraints }
  | { readonly kind: 'enum'; readonly values: readonly EnumValue[] }
  | { readonly kind: 'list'; readonly of: FieldType; readonly isBare?: true; readonly constraints?: Constraints }
  | { readonly kind: 'set'; readonly of: FieldType; readonly isBare?: true; readonly constraints?: Constraints }
  /** One value for each of `items`; or, with `rest`, any number of values of that type. */
  | {
      readonly kind: 'tuple'
      readonly items: readonly FieldType[]
      readonly rest?: FieldType
      readonly isBare?: true
      readonly constraints?: Constraints
    }
  /** Keys are texts unless `key` says otherwise. */
  | { readonly kind: 'dict'; readonly of: FieldType; readonly key?: KeyType; readonly isBare?: true; readonly constraints?: Constraints }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, FieldType>> }
  /** A `BaseModel` of pydantic. `isClosed` is one that refuses further keys; none that a program stores is. */
  | {
      readonly kind: 'class'
      readonly name: string
      readonly desc?: string
      readonly fields: readonly ClassField[]
      readonly isClosed?: true
    }
  /** Within a class: the class around it once more, which it names. It never stands anywhere else, and no other class lies between the two. */
  | { readonly kind: 'itself'; readonly name: string }
  /** An `Enum` of Python. A value of it is that of a member, not its name. */
  | { readonly kind: 'enum-class'; readonly name: string; readonly desc?: string; readonly members: readonly EnumMember[] }
  | { readonly kind: 'optional'; readonly of: FieldType }
  /** One of two or more types, none of them optional: what may also be empty is an optional union. */
  | { readonly kind: 'union'; readonly of: readonly FieldType[] }

// Type aliases, since to the compiler an interface is no JSON.
export type ClassField = {
  readonly name: string
  readonly type: FieldType
  readonly desc?: string
  /** The value of an object that lacks the key; without one the key is required. */
  readonly default?: Json
  /** The name of the attribute where the key is no name in Python; none that a program stores has one. */
  readonly attribute?: string
}

/** When a `Noul` is true, and when it is not. */
export type NoulCriteria = { readonly true?: Json; readonly false?: Json }

export type ChoiceOption = {
  readonly value: EnumValue
  /** When it is the answer; null says nothing. */
  readonly desc: Json
}

export type EnumMember = {
  readonly name: string
  readonly value: EnumValue
}

/** An option of a `Literal`, or the value of a member of an `Enum`. */
export type EnumValue = string | number | boolean | null

/** What keys of a dictionary can be, since JSON has them as texts. */
export type KeyType = TypeOf<'int' | 'float' | 'enum' | 'date' | 'enum-class'>

export type TypeOf<K extends FieldType['kind']> = Extract<FieldType, { readonly kind: K }>

/** A type whose answer is decided by probabilities. */
export type DecisionType = TypeOf<'noul' | 'choice' | 'score'>

/** A type with a name of its own. */
export type ClassType = TypeOf<'class' | 'enum-class'>
