import { toBase64 } from '@/lib/base64'
import { isTooPlain } from './take-key'

/** A text that gives a key away, once nothing around it is escaped any more: see `decodings.ts`. */
export interface KeyShape {
  readonly letters: string
  /** So many letters from the start are enough: an answer may be cut off in the middle of a key. */
  readonly enough: number
  /** Base64 for addresses has other signs in two places. */
  readonly isBase64?: boolean
  /** Where it is more than a part of a longer word, which a key that is no more than a word has to be. */
  readonly isWord?: boolean
}

/**
 * The shapes of a key: as it is, in base64 at each of the three places where it may begin (also behind a user name), and in hexadecimal
 * digits. A key that is no more than a word has these shapes behind `Bearer` only.
 */
export function shapesOf(key: string): readonly KeyShape[] {
  const isWord = isTooPlain(key)
  const letters = isWord ? `Bearer ${key}` : key
  const bytes = new TextEncoder().encode(letters)
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return [
    isWord ? { letters, enough: letters.length, isWord } : { letters, enough: Math.min(letters.length, enoughBytes) },
    ...[0, 1, 2].map(offset => {
      const written = base64At(bytes, offset)
      return { letters: written, enough: Math.min(written.length, Math.ceil((enoughBytes * 4) / 3)), isBase64: true }
    }),
    { letters: hex, enough: Math.min(hex.length, 2 * enoughBytes) },
  ]
}

/** Characters of a key that nobody has by chance. */
const enoughBytes = 20

/** What base64 makes of these bytes wherever they begin at this place of a group of three, whatever stands before and after them. */
function base64At(bytes: Uint8Array, offset: number): string {
  const padded = new Uint8Array(offset + bytes.length)
  padded.set(bytes, offset)
  return toBase64(padded).slice(Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6))
}

/** A regular expression, to be used without regard to case, that finds where any of the shapes may begin. */
export function headsOf(shapes: readonly KeyShape[]): RegExp {
  const sources = shapes.map(shape => {
    const head = Array.from(shape.letters.slice(0, shape.enough), letter => literally(letter, shape)).join('')
    return shape.isWord ? `${head}(?![A-Za-z0-9])` : head
  })
  return new RegExp([...new Set(sources)].join('|'), 'gi')
}

/** Where a shape ends that begins at this place; -1 where not enough of it stands there. */
export function endOfShape(shape: KeyShape, text: string, start: number): number {
  const { letters, enough, isWord } = shape
  let count = 0
  while (count < letters.length && isSame(text.charCodeAt(start + count), letters.charCodeAt(count), shape)) count += 1
  if (count < enough || (isWord && /^[A-Za-z0-9]/.test(text.slice(start + count, start + count + 1)))) return -1
  return start + count
}

function literally(letter: string, { isBase64, isWord }: KeyShape): string {
  if (isBase64 && letter === '+') return '[+\\-]'
  if (isBase64 && letter === '/') return '[/_]'
  // As forms write it.
  if (isWord && letter === ' ') return '[ +]'
  return /[A-Za-z0-9]/.test(letter) ? letter : `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`
}

function isSame(written: number, letter: number, { isBase64, isWord }: KeyShape): boolean {
  if (written === letter) return true
  if (isBase64 && ((written === minus && letter === plus) || (written === underscore && letter === slash))) return true
  if (isWord && written === plus && letter === space) return true
  const small = letter | 0x20
  return small >= letterA && small <= letterZ && (written | 0x20) === small
}

const [space, plus, minus, slash, underscore, letterA, letterZ] = [32, 43, 45, 47, 95, 97, 122]
