import { assertNever } from '@/lib/assert'
import { pythonRepr } from '@/lib/python-text'
import type { FieldType } from './field-type'
import { parseType } from './parse-type'
import { TokenReader } from './tokens'

/**
 * A type in the spelling of DSPy's signature strings: `list[str]`, `Literal['a', 'b']`, `Optional[int]`, `dict[str, Any]`.
 * Reads back with `parseTypeName`.
 * Differs: an object with fields prints as a Python dict display, `{'x': int, 'y': list[str]}`, where DSPy would name
 * a pydantic class; a graph has no classes to name.
 */
export function typeName(type: FieldType): string {
  return spell(type, { optional: inner => `Optional[${inner}]`, image: 'dspy.Image' })
}

/** A type as DSPy shows it inside prompts: like `typeName`, but `Optional[int]` is `Union[int, NoneType]`, and a class has its bare name. */
export function promptTypeName(type: FieldType): string {
  return spell(type, { optional: inner => `Union[${inner}, NoneType]`, image: 'Image' })
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

interface Spelling {
  readonly optional: (inner: string) => string
  readonly image: string
}

function spell(type: FieldType, spelling: Spelling): string {
  switch (type.kind) {
    case 'any':
      return 'Any'
    case 'image':
      return spelling.image
    case 'enum':
      return `Literal[${type.values.map(pythonRepr).join(', ')}]`
    case 'list':
      return `list[${spell(type.of, spelling)}]`
    case 'dict':
      return `dict[str, ${spell(type.of, spelling)}]`
    case 'object': {
      const fields = Object.entries(type.fields).map(([name, of]) => `${pythonRepr(name)}: ${spell(of, spelling)}`)
      return fields.length === 0 ? 'dict[str, Any]' : `{${fields.join(', ')}}`
    }
    case 'optional':
      return spelling.optional(spell(type.of, spelling))
    case 'str':
    case 'int':
    case 'float':
    case 'bool':
      return type.kind
    default:
      return assertNever(type)
  }
}
