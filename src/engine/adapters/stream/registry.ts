import type { AdapterId } from '../../program/adapter-id'
import type { Field, Signature } from '../../signature/signature'
import type { FieldType } from '../../signature/types/field-type'
import { isNested } from '../xml-text'
import { chatReader } from './chat-reader'
import type { FieldReader } from './field-reader'
import { jsonReader } from './json-reader'
import { xmlReader } from './xml-reader'

/** How answers in the layout of each adapter are read while they are written. One without a reader shows its outputs when they are there. */
const readers: Readonly<Partial<Record<AdapterId, (outputs: readonly Field[]) => FieldReader>>> = {
  chat: outputs => chatReader(namesOf(outputs)),
  json: outputs => jsonReader(namesOf(outputs)),
  baml: outputs => jsonReader(namesOf(outputs)),
  xml: outputs => xmlReader(namesOf(outputs), namesOf(outputs.filter(({ type }) => isTagged(type)))),
}

/** A reader of the outputs in one answer; undefined where the adapter has none. */
export function fieldReader(adapter: AdapterId, { fields }: Signature): FieldReader | undefined {
  return readers[adapter]?.(fields.filter(({ role }) => role === 'output'))
}

function namesOf(fields: readonly Field[]): ReadonlySet<string> {
  return new Set(fields.map(({ name }) => name))
}

/** Tags in tags say nothing while they are written. */
function isTagged(type: FieldType): boolean {
  if (type.kind === 'optional') return isTagged(type.of)
  return isNested(type) || type.kind === 'set' || type.kind === 'tuple' || type.kind === 'union'
}
