import { EngineError } from '../base/errors'

/**
 * Vectors as the text of an answer: how many of which length, then float32 (little-endian) in base64, as in `3x1536 AAAA…`. A third of
 * what decimal digits take, and every reader gets the same numbers, whether the answer was just paid for or stored long ago.
 * Throws `lm-bad-response` for numbers that are no finite float32.
 */
export function encodeVectors(vectors: readonly (readonly number[])[]): string {
  const size = vectors[0]?.length ?? 0
  const bytes = new Uint8Array(vectors.length * size * 4)
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const vector of vectors) {
    if (vector.length !== size) throw new Error('vectors of one answer have one length')
    for (const value of vector) {
      if (!Number.isFinite(Math.fround(value))) throw damaged(`${value} is no number a vector can hold`)
      view.setFloat32(offset, value, true)
      offset += 4
    }
  }
  return `${vectors.length}x${size} ${toBase64(bytes)}`
}

/** Reads what `encodeVectors` wrote. Throws `lm-bad-response` for anything else. */
export function decodeVectors(text: string): readonly Float32Array[] {
  const shape = vectorShape(text)
  if (shape === undefined) throw damaged('it does not start with a number of vectors')
  const { count, size } = shape
  const bytes = fromBase64(text.slice(text.indexOf(' ') + 1))
  if (bytes?.length !== count * size * 4) throw damaged('it does not hold as many numbers as it says')
  const view = new DataView(bytes.buffer)
  return Array.from({ length: count }, (_, row) =>
    Float32Array.from({ length: size }, (_value, at) => view.getFloat32((row * size + at) * 4, true)),
  )
}

/** How many vectors of which length a stored answer holds, without reading them; undefined for another text. */
export function vectorShape(text: string): { readonly count: number; readonly size: number } | undefined {
  const found = /^(\d{1,6})x(\d{1,6}) /.exec(text)
  return found ? { count: Number(found[1]), size: Number(found[2]) } : undefined
}

function toBase64(bytes: Uint8Array): string {
  let binary = ''
  // Arguments go on the stack, which does not hold a million of them.
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  } catch {
    return undefined
  }
}

function damaged(why: string): EngineError {
  return new EngineError('lm-bad-response', `An answer cannot be read as vectors: ${why}. Check that the model makes embeddings.`, {
    isRetryable: false,
  })
}
