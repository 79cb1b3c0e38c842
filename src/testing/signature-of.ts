import { defaultInstructions } from '@/engine/signature/default-instructions'
import { parseSignatureLine } from '@/engine/signature/parse-signature'
import type { Field, Signature } from '@/engine/signature/signature'

/** A signature as DSPy's `Signature(line, instructions)` makes it; `changes` are what else its fields have, by name. */
export function signatureOf(line: string, instructions?: string, changes: Readonly<Record<string, Partial<Field>>> = {}): Signature {
  const { inputs, outputs } = parseSignatureLine(line)
  const made = (side: typeof inputs, role: Field['role']): readonly Field[] =>
    side.map(field => ({ id: field.name, role, desc: '', ...field, ...changes[field.name] }))
  const fields = [...made(inputs, 'input'), ...made(outputs, 'output')]
  return { instructions: instructions ?? defaultInstructions(fields), fields }
}
