import { pythonKeywords, reservedNames } from './field-name'

/**
 * A Python name for a label of the canvas: `Answer the question` → `answer_the_question`, `2nd try!` → `node_2nd_try`.
 * Plain ASCII in snake case, never a keyword, never one in `taken`: a repeated label gets `_2`, `_3`, …
 */
export function pythonName(label: string, taken: ReadonlySet<string> = new Set()): string {
  const words = label
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
  const safe = words === '' ? 'node' : /^[0-9]/.test(words) ? `node_${words}` : words
  const base = pythonKeywords.has(safe) || reservedNames.has(safe) || unfit.has(safe) ? `${safe}_` : safe
  let name = base
  for (let count = 2; taken.has(name); count += 1) name = `${base}${base.endsWith('_') ? '' : '_'}${count}`
  return name
}

/** `self` is the program itself in an exported class; the rest are constants in small letters. */
const unfit: ReadonlySet<string> = new Set(['self', 'none', 'true', 'false'])
