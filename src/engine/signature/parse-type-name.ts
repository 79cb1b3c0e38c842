import { parseType } from './parse-type'
import { TokenReader } from './tokens'
import type { ClassType, FieldType } from './types/field-type'

/**
 * Reads a type as it may stand behind a colon in a signature: everything `typeName` and `promptTypeName` print, and
 * the other spellings of Python (`str | None`, `List[int]`, `typing.Any`, bare `list` and `dict`), and the names of `classes`.
 * Throws `EngineError` `signature-syntax` with `facts.position`, an index into the text.
 */
export function parseTypeName(text: string, classes: readonly ClassType[] = []): FieldType {
  const reader = new TokenReader(text, classes)
  const type = parseType(reader)
  reader.expectEnd('the type')
  return type
}
