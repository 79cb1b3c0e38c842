import { reservedNames } from '@/lib/reserved-names'

/**
 * Why a text cannot name a field, as a sentence that says what to do; undefined when it can. A name must be a Python
 * identifier (programs are exported to DSPy) made of characters the prompt's `[[ ## name ## ]]` markers can hold.
 */
export function fieldNameProblem(name: string): string | undefined {
  if (name === '') return 'Give the field a name.'
  if (/\s/.test(name)) return `A name has no spaces. Write \`${name.trim().replace(/\s+/g, '_')}\`.`
  if (/^[0-9]/.test(name)) return `A name does not start with a digit. Put a letter before \`${name}\`.`
  if (!/^[\p{L}\p{N}_]+$/u.test(name)) return `A name has letters, digits and underscores only. Change \`${name}\`.`
  // Python reads names in this form, so two spellings of one name would be one field there.
  if (!/^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name) || name !== name.normalize('NFKC')) {
    return `Python does not take \`${name}\` as a name. Use plain letters, digits and underscores.`
  }
  if (name.startsWith('_') && !reservedNames.has(name))
    return `A field of DSPy does not start with an underscore. Write \`${name.replace(/^_+/, '') || 'field'}\`.`
  if (pythonKeywords.has(name)) return `\`${name}\` is a word of the Python language. Write \`${name}_\` or another name.`
  if (reservedNames.has(name)) return `\`${name}\` has a meaning of its own in JavaScript. Choose another name.`
  return undefined
}

/** The keywords of Python 3; soft ones such as `match` may be names. */
export const pythonKeywords: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)
