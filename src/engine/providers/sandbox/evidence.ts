import type { PromptField } from '@/engine/adapters/prompt/prompt'
import type { TypeOf } from '@/engine/signature/types/field-type'
import type { Json } from '@/lib/json'
import type { Choice, Label } from './text/classify'

/** What stands to choose from, and what is known about it in words. */
export interface Options {
  readonly labels: readonly Label[]
  readonly desc: string
}

/**
 * Probabilities for what a prompt asks a decision about: the more of the text speaks for an option than for the others, the likelier it is.
 * Undefined for a type that asks for no decision.
 */
export function evidenceFor(
  type: TypeOf<'class'>,
  { name, desc }: PromptField,
  rank: (options: Options) => readonly Choice[],
): Json | undefined {
  const [first] = type.fields
  if (type.name === 'NoulEvidence') {
    const yes = { value: 'True', name: `${name.replace(/^(is|has|are|was|should|can)_/, '')} ${desc}`, credit: 0 }
    const shares = sharesOf(rank({ labels: [yes, { value: 'False', name: 'no false', credit: 0.15 }], desc }))
    return { noul: shares.get('True') ?? 0.5 }
  }
  if (!/^(?:Choice|Score)Evidence$/.test(type.name) || first?.type.kind !== 'class') return undefined
  const options = first.type.fields.map(field => field.name)
  const shares = sharesOf(rank({ labels: options.map(value => ({ value, name: value, credit: 0 })), desc }))
  const likeliest = Math.max(...shares.values())
  return { probabilities: Object.fromEntries(options.map(value => [value, shares.get(value) ?? 0])), confidence: likeliest }
}

/** Two decimals, which add up to 1 but for what rounding takes. */
function sharesOf(choices: readonly Choice[]): ReadonlyMap<string, number> {
  const powers = choices.map(({ score }) => Math.exp(2 * score))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return new Map(choices.map(({ value }, at) => [value, Math.round((100 * (powers[at] ?? 0)) / total) / 100]))
}
