import { textDecoder } from '@/lib/tabular/text-decoder'

/** Bytes of a text in an encoding that only decoders know: made by decoding every code of one and two bytes once. */
export function encodeText(text: string, label: string): Uint8Array<ArrayBuffer> {
  if (label === 'utf-8') return new TextEncoder().encode(text)
  if (label === 'utf-16le' || label === 'utf-16be') {
    const bytes = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).flatMap(code => [code & 255, code >> 8])
    return new Uint8Array(label === 'utf-16le' ? bytes : bytes.map((_, at) => bytes[at ^ 1] ?? 0))
  }
  const codes = codesOf(label)
  return new Uint8Array(
    Array.from(text).flatMap(letter => {
      const code = codes.get(letter)
      if (!code) throw new Error(`${label} has no "${letter}"`)
      return code
    }),
  )
}

const known = new Map<string, ReadonlyMap<string, readonly number[]>>()

function codesOf(label: string): ReadonlyMap<string, readonly number[]> {
  const before = known.get(label)
  if (before) return before
  const codes = new Map<string, readonly number[]>()
  const decoder = textDecoder(label, { fatal: true })
  const add = (code: readonly number[]): void => {
    try {
      const letter = decoder.decode(new Uint8Array(code))
      if (Array.from(letter).length === 1 && !codes.has(letter)) codes.set(letter, code)
    } catch {
      // No character has this code.
    }
  }
  for (let first = 0; first < 256; first += 1) add([first])
  for (let first = 129; first < 255; first += 1) for (let second = 64; second < 255; second += 1) add([first, second])
  known.set(label, codes)
  return codes
}
