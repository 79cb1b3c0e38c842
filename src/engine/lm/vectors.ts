import { fromBase64, toBase64 } from '@/lib/base64'
import { EngineError } from '../base/errors'

/**
 * Vectors of one length as they are kept and handed on: float32 (little-endian) in base64, one vector after the other. A third of what
 * decimal digits take, and every reader gets the same numbers, whether the answer was just paid for or stored long ago.
 */
export interface Vectors {
  readonly count: number
  /** Numbers in each. */
  readonly size: number
  readonly float32: string
}

/** Throws `lm-bad-response` for numbers that are no finite float32. */
export function encodeVectors(vectors: readonly (readonly number[])[]): Vectors {
  const size = vectors[0]?.length ?? 0
  const bytes = new Uint8Array(vectors.length * size * 4)
  const view = new DataView(bytes.buffer)
  let offset = 0
  for (const vector of vectors) {
    if (vector.length !== size) throw new Error('vectors of one answer have one length')
    for (const value of vector) {
      if (!Number.isFinite(Math.fround(value))) throw damaged(`${value} is not a number a vector can hold`)
      view.setFloat32(offset, value, true)
      offset += 4
    }
  }
  return { count: vectors.length, size, float32: toBase64(bytes) }
}

/** Throws `lm-bad-response` where there are none, or not as many numbers as they say. */
export function decodeVectors(vectors: Vectors | undefined): readonly Float32Array[] {
  if (vectors === undefined) throw damaged('it holds none')
  const { count, size, float32 } = vectors
  const bytes = fromBase64(float32)
  if (bytes?.length !== count * size * 4) throw damaged('it does not hold as many numbers as it says')
  const view = new DataView(bytes.buffer)
  return Array.from({ length: count }, (_, row) =>
    Float32Array.from({ length: size }, (_value, at) => view.getFloat32((row * size + at) * 4, true)),
  )
}

/** Vectors out of the text that was an answer's only place for them in earlier versions: `3x1536 AAAA…`. */
export function vectorsInText(text: string): Vectors | undefined {
  const found = /^(\d{1,6})x(\d{1,6}) /.exec(text)
  return found ? { count: Number(found[1]), size: Number(found[2]), float32: text.slice(found[0].length) } : undefined
}

function damaged(why: string): EngineError {
  return new EngineError('lm-bad-response', `An answer cannot be read as vectors: ${why}. Check that the model makes embeddings.`, {
    isRetryable: false,
  })
}
