import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pythonSignatures, signatureFields } from '@/testing/arbitrary-classes'
import { cleanInstructions } from '../clean-instructions'
import { parseSignatureLine } from '../parse-signature'
import { printSignatureLine } from '../print-signature'
import type { Field } from '../signature'
import { classesIn } from '../types/registry'
import { printPythonSignatures, type NamedSignature } from './print-signatures'
import { readPythonSignatures } from './read-signatures'

function withoutId(field: Omit<Field, 'id'>): Omit<Field, 'id'> {
  const { id, ...rest } = { id: '', ...field }
  return id === undefined ? field : rest
}

describe('line, form and Python class are one signature (spec 1.1, 1.2)', () => {
  it('reads a class back as it was printed, whatever stands in its texts', () => {
    fc.assert(
      fc.property(pythonSignatures, signature => {
        const text = printPythonSignatures([signature])
        const { signatures: read, missing, remarks } = readPythonSignatures(text)
        expect({ missing, remarks: remarks.filter(({ message }) => !message.includes('in a set')) }).toEqual({ missing: [], remarks: [] })
        expect(read[0]?.instructions).toBe(cleanInstructions(signature.instructions))
        expect(read[0]?.fields).toEqual(signature.fields.map(withoutId))
      }),
      { numRuns: 500 },
    )
  })

  it('says the same in a line, but for descriptions, prefixes and bounds', () => {
    fc.assert(
      fc.property(signatureFields, all => {
        const classes = classesIn(all.map(({ type }) => type))
        const { inputs, outputs } = parseSignatureLine(printSignatureLine(all), classes)
        const kept = (role: Field['role']) =>
          all
            .filter(field => field.role === role)
            .map(({ name, type, default: value }) => ({ name, type, ...(value !== undefined && { default: value }) }))
        expect({ inputs, outputs }).toEqual({ inputs: kept('input'), outputs: kept('output') })
        const read = readPythonSignatures(printPythonSignatures([{ name: 'A', instructions: '', fields: all }])).signatures[0]?.fields ?? []
        const asField = read.map((field, at): Field => ({ ...field, id: String(at) }))
        expect(printSignatureLine(asField)).toBe(printSignatureLine(all))
      }),
      { numRuns: 300 },
    )
  })

  it('gives every class a name of its own, and takes the types of all of them once', () => {
    const type = { kind: 'class' as const, name: 'Ask', fields: [{ name: 'a', type: { kind: 'int' as const } }] }
    const one: NamedSignature = { name: 'ask', instructions: 'One "line".', fields: [{ name: 'q', role: 'input', type, desc: '' }] }
    expect(printPythonSignatures([one, { ...one, instructions: 'Two\n\n  more\nlines"' }])).toBe(`from pydantic import BaseModel
import dspy


class Ask(BaseModel):
    a: int


class Ask2(dspy.Signature):
    """One "line"."""

    q: Ask = dspy.InputField()


class Ask3(dspy.Signature):
    """Two
    
      more
    lines\\""""

    q: Ask = dspy.InputField()
`)
  })

  it('makes a model of an object without a name', () => {
    const { fields: line } = { fields: parseSignatureLine("q -> facts: list[{'who': str, 'age': Optional[int]}]") }
    const fields = [
      ...line.inputs.map(field => ({ ...field, role: 'input' as const, desc: '' })),
      ...line.outputs.map(field => ({ ...field, role: 'output' as const, desc: '' })),
    ]
    const text = printPythonSignatures([{ name: 'a', instructions: '', fields }])
    const read = readPythonSignatures(text).signatures
    expect(printPythonSignatures(read.map(({ name, instructions = '', fields: own }) => ({ name, instructions, fields: own })))).toBe(text)
    expect(text).toContain('class Facts(BaseModel):')
  })
})
