import type { Field } from './signature'

/** The sentence that stands where nobody wrote instructions. Decided once: later field edits do not change it. */
export function defaultInstructions(fields: readonly Pick<Field, 'name' | 'role'>[]): string {
  const names = (role: Field['role']) =>
    fields
      .filter(field => field.role === role)
      .map(field => `\`${field.name}\``)
      .join(', ')
  const inputs = names('input')
  const outputs = names('output')
  if (inputs === '') return outputs === '' ? '' : `Work out ${outputs}.`
  return outputs === '' ? `Read ${inputs}.` : `From ${inputs}, work out ${outputs}.`
}
