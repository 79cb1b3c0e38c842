import { trimOf } from '@/lib/trim-of'
import { pythonKeywords } from './types/field-name'

/**
 * A Python attribute name for a label of the canvas: `Classify ticket` becomes `classify_ticket`, `2nd try` `step_2nd_try`.
 * Plain ASCII, never a keyword, never one in `taken`: a repeated name gets `_2`, `_3`, … Saved states carry these names, so a change
 * of a rule here would make older files unreadable.
 */
export function pythonName(label: string, taken: ReadonlySet<string> = new Set()): string {
  const plain = label.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const joined = trimOf(plain.replace(/[^a-z0-9_]+/g, '_'), /_/)
  const safe = joined === '' ? 'step' : /^[0-9]/.test(joined) ? `step_${joined}` : joined
  const name = pythonKeywords.has(safe) || unfit.has(safe) ? `${safe}_` : safe
  let unique = name
  for (let count = 2; taken.has(unique); count++) unique = `${name}_${count}`
  return unique
}

/** Constants in small letters, soft keywords, and the attributes of `dspy.Module` that a step must not hide. */
const unfit: ReadonlySet<string> = new Set(
  'none true false match case type self forward callbacks history predictors parameters batch load save'.split(' '),
)
