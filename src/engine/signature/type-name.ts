import type { FieldType } from './types/field-type'
import { parseType } from './parse-type'
import { TokenReader } from './tokens'
import { typeKind } from './types/registry'

/**
 * A type in the spelling of DSPy's signature strings: `list[str]`, `Literal['a', 'b']`, `Optional[int]`, `dict[str, Any]`.
 * Reads back with `parseTypeName`.
 * Differs: an object with fields prints as a Python dict display, `{'x': int, 'y': list[str]}`, where DSPy would name
 * a pydantic class; a graph has no classes to name.
 */
export function typeName(type: FieldType): string {
  return spell(type, 'signature')
}

/** A type as DSPy shows it inside prompts: like `typeName`, but `Optional[int]` is `Union[int, NoneType]`, and a class has its bare name. */
export function promptTypeName(type: FieldType): string {
  return spell(type, 'prompt')
}

/**
 * Reads a type as it may stand behind a colon in a signature: everything `typeName` and `promptTypeName` print, and
 * the other spellings of Python (`str | None`, `List[int]`, `typing.Any`, bare `list` and `dict`).
 * Throws `EngineError` `signature-syntax` with `facts.position`, an index into the text.
 */
export function parseTypeName(text: string): FieldType {
  const reader = new TokenReader(text)
  const type = parseType(reader)
  reader.expectEnd('the type')
  return type
}

function spell(type: FieldType, place: 'signature' | 'prompt'): string {
  return typeKind(type).spell(type, inner => spell(inner, place), place)
}
