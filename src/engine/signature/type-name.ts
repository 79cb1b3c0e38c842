import { constraintsOf, spellConstraints, unconstrained } from './types/constraint-rules'
import type { FieldType } from './types/field-type'
import { typeKind } from './types/registry'

/**
 * A type in the spelling of DSPy's signature strings: `list[str]`, `Literal['a', 'b']`, `Optional[int]`, `dict[str, Any]`.
 * Reads back with `parseTypeName`, which has to know the classes that it names.
 * Differs: an object with fields prints as a Python dict display, `{'x': int, 'y': list[str]}`, where DSPy would name
 * a pydantic class.
 */
export function typeName(type: FieldType): string {
  return spell(type, 'signature')
}

/**
 * A type as DSPy shows it inside prompts: like `typeName`, but `Optional[int]` is `Union[int, NoneType]`, a class has its bare name, and the
 * bounds of the whole type go unsaid. Differs: the bounds of an inner type are written as in a signature, where DSPy shows how pydantic's
 * object prints itself.
 */
export function promptTypeName(type: FieldType): string {
  return spell(unconstrained(type), 'prompt')
}

function spell(type: FieldType, place: 'signature' | 'prompt'): string {
  const name = typeKind(type).spell(type, inner => spell(inner, place), place)
  const constraints = constraintsOf(type)
  return constraints === undefined ? name : `Annotated[${name}, ${spellConstraints(constraints)}]`
}
