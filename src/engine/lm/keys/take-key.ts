import { EngineError } from '../../base/errors'

export interface TakenKey {
  readonly key: string
  /** What was left out of the text, each a sentence. None of them holds any of the key. */
  readonly remarks: readonly string[]
  /** For whoever has typed it: what the studio cannot do for a key like this. */
  readonly caution?: string
}

/**
 * Reads a key as somebody typed, pasted or exported it: the one function behind the forms, the variables of the command line, exported
 * programs and the transport. What surely does not belong to it is left out and named. Throws `params-invalid` for what no header can carry or no
 * provider gives out: sent all the same, the browser would quote it in its error, or the provider refuse it without saying why.
 */
export function takeKey(typed: string): TakenKey {
  const remarks: string[] = []
  let key = typed
  for (let layer = 0, before = ''; before !== key && layer < mostLayers; layer += 1) {
    before = key
    for (const { pattern, remark } of wrappings) {
      const inner = pattern.exec(key)?.[1]
      if (inner === undefined || inner === key) continue
      key = inner
      if (!remarks.includes(remark)) remarks.push(remark)
    }
  }
  if (key === '') throw refused('The key is empty. Paste the whole key.')
  const fault = faults.find(({ pattern }) => pattern.test(key))
  const at = fault ? key.search(fault.pattern) + 1 : 0
  if (fault)
    throw refused(`${fault.words.replace('{at}', `at place ${at} of ${key.length}`)} Copy the key again and paste it as one piece.`)
  if (key.length > longestKey)
    throw refused(`The key is ${key.length} characters long, more than any provider gives out. Copy the key alone and paste it again.`)
  return { key, remarks, ...(isTooPlain(key) && { caution: plainCaution }) }
}

/** Why a text is no key, in a sentence; undefined where it is one, or where nothing is typed yet. */
export function keyProblem(typed: string): string | undefined {
  if (typed.trim() === '') return undefined
  try {
    takeKey(typed)
    return undefined
  } catch (error) {
    if (error instanceof EngineError) return error.message
    throw error
  }
}

/**
 * Whether hiding this key wherever its letters stand would spoil ordinary text: a handful of letters, or one of the words that local servers
 * tell people to fill in. Such a key is taken out where it stands as a key, after `Bearer`.
 */
export function isTooPlain(key: string): boolean {
  return key.length < shortestSecret || fillers.has(key.toLowerCase())
}

/** What is shown of a key, so that its owner tells it from others; nothing of one that four letters would half give away. */
export function lastLetters(key: string): string {
  return key.length < 12 ? '' : key.slice(-4)
}

const shortestSecret = 8
const longestKey = 8192
/** Of quotation marks, names and spaces around a key: nobody has more. */
const mostLayers = 8
const fillers: ReadonlySet<string> = new Set([
  'anything',
  'lm-studio',
  'localhost',
  'no-key-needed',
  'no-key-required',
  'not-needed',
  'not-required',
  'placeholder',
  'sk-no-key-required',
])

const plainCaution =
  'The key is short or an ordinary word: it is taken out of what servers send back only where it stands after “Bearer”, so that it hides no other words.'

const wrappings: readonly { readonly pattern: RegExp; readonly remark: string }[] = [
  { pattern: /^\s*(\S[^]*)$/, remark: 'Spaces or line breaks around the key were left out.' },
  { pattern: /^([^]*\S)\s+$/, remark: 'Spaces or line breaks around the key were left out.' },
  { pattern: /^\s*()$/, remark: 'Spaces or line breaks around the key were left out.' },
  { pattern: /^["'`“”„‘’«]([^]*)["'`“”‘’»]$/, remark: 'The quotation marks around the key were left out.' },
  { pattern: /^authorization\s*[:=]\s*([^]*)$/i, remark: 'The name of the header in front of the key was left out.' },
  { pattern: /^bearer(?:\s+|$)([^]*)$/i, remark: 'The word “Bearer” in front of the key was left out: the studio adds it.' },
  { pattern: /^(?:export\s+)?[A-Z][A-Z0-9]*_[A-Z0-9_]*=([^]+)$/, remark: 'The name of the variable in front of the key was left out.' },
]

const faults: readonly { readonly pattern: RegExp; readonly words: string }[] = [
  { pattern: /[\r\n]/, words: 'The key has a line break in its middle ({at}).' },
  { pattern: /\s/, words: 'The key has a space in its middle ({at}).' },
  // Control and format characters: nobody sees them.
  { pattern: /[\p{Cc}\p{Cf}]/u, words: 'The key holds a character that cannot be seen ({at}).' },
  { pattern: /…|\*{3}|•{2}/, words: 'This is a key with its middle hidden ({at}), as a list of keys shows it.' },
  {
    pattern: /[^\x21-\x7e]/,
    words: 'The key holds a letter or sign that is not on a plain English keyboard ({at}); some look like Latin ones.',
  },
  { pattern: /["'`]/, words: 'The key has a quotation mark in it ({at}).' },
  { pattern: /\\/, words: 'The key has a backslash in it ({at}), as text copied out of code or JSON does.' },
]

function refused(message: string): EngineError {
  return new EngineError('params-invalid', message)
}
