import { asLine } from '@/lib/line-text'

// The one place where foreign text becomes TypeScript or JavaScript.

/**
 * A text as a literal. Beyond JSON it escapes what older readers take for the end of a line, what turns the direction of the code around it,
 * and what would end a `<script>` that the code is put into.
 */
export function scriptString(text: string): string {
  return JSON.stringify(text).replace(risky, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same for a name of a property: bare where that is one. */
export function scriptName(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && name !== '__proto__' ? name : scriptString(name)
}

/** Text for inside of a comment of either kind: one line that does not end it. */
export function scriptComment(text: string): string {
  return asLine(text)
    .replaceAll('*/', '* /')
    .replace(/<(?=[/!])/g, '< ')
    .replace(/\s+/g, ' ')
    .trim()
}

const risky = /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|<(?=[/!])/g
