import type { Field, Signature } from '../../signature/signature'

/** Descriptions by field name, in the order of the prompt. */
export type TextFields = Readonly<Record<string, string>>

/** A signature of plain texts, for what optimizers ask. The same arguments are best made once: adapters keep frames by `fields`. */
export function textSignature(instructions: string, inputs: TextFields, outputs: TextFields): Signature {
  const fieldsOf = (role: Field['role'], texts: TextFields): Field[] =>
    Object.entries(texts).map(([name, desc]) => ({ id: name, name, role, type: { kind: 'str' }, desc }))
  return { instructions, fields: [...fieldsOf('input', inputs), ...fieldsOf('output', outputs)] }
}
