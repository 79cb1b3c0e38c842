import fc from 'fast-check'
import type { NamedSignature } from '@/engine/signature/python/print-signatures'
import { cleanInstructions } from '@/engine/signature/clean-instructions'
import type { Field } from '@/engine/signature/signature'
import type { Constraints } from '@/engine/signature/types/constraints'
import { typesWithin } from '@/engine/signature/types/registry'
import { fieldNames, fieldTypes, valuesOf } from './arbitrary-fields'

const texts = fc.string({ unit: fc.constantFrom(...`ab é日"'\\{}$\n\t\r#\u2028\u0000`.split('')) })
const bounds: fc.Arbitrary<Constraints> = fc.record(
  {
    ge: fc.integer(),
    lt: fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !Object.is(value, -0)),
    maxLength: fc.nat(),
    pattern: texts,
    allowInfNan: fc.boolean(),
  },
  { requiredKeys: [] },
)

/** Keys of an object without a name may be anything, of a Python class only names: such an object becomes an open dictionary there. */
const types = fieldTypes.filter(type => typesWithin(type).every(part => part.kind !== 'object' || Object.keys(part.fields).length === 0))

export const signatureFields: fc.Arbitrary<readonly Field[]> = fc
  .uniqueArray(
    types.chain(type =>
      fc.record({
        name: fieldNames,
        type: fc.constant(type),
        role: fc.constantFrom('input' as const, 'output' as const),
        desc: texts,
        value: fc.option(valuesOf(type), { nil: undefined }),
        prefix: fc.option(texts, { nil: undefined }),
        constraints: fc.option(bounds, { nil: undefined }),
      }),
    ),
    { selector: ({ name }) => name, maxLength: 4 },
  )
  .map(rows =>
    rows
      .map(({ value, prefix, constraints, ...row }, at): Field => ({
        ...row,
        id: String(at),
        ...(value !== undefined && !hasNoZero(value) && { default: value }),
        ...(prefix !== undefined && { prefix }),
        ...(constraints && Object.keys(constraints).length > 0 && { constraints }),
      }))
      .sort((a, b) => Number(a.role === 'output') - Number(b.role === 'output')),
  )

/** Python's literal `-0` is 0. */
function hasNoZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasNoZero)
  return Object.is(value, -0)
}

/** Signatures as Python classes can say them, with every key that a field may have. */
export const pythonSignatures: fc.Arbitrary<NamedSignature> = fc.record({
  name: fc.constantFrom('Classify ticket', 'é 日', '2nd'),
  // A first line of nothing but space is none once it was cleaned.
  instructions: texts.filter(text => cleanInstructions(text) === cleanInstructions(cleanInstructions(text))),
  fields: signatureFields,
})
