import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeVectors, encodeVectors, vectorsInText } from './vectors'

describe('vectors', () => {
  it('come back as the float32 they were written as, in order', () => {
    const rows = fc.integer({ min: 1, max: 8 }).chain(size =>
      fc.array(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: size, maxLength: size }), {
        minLength: 1,
        maxLength: 6,
      }),
    )
    fc.assert(
      fc.property(rows, vectors => {
        const kept = encodeVectors(vectors)
        expect(kept).toMatchObject({ count: vectors.length, size: vectors[0]?.length })
        expect(decodeVectors(kept)).toEqual(vectors.map(vector => Float32Array.from(vector)))
        expect(encodeVectors(decodeVectors(kept).map(vector => [...vector]))).toEqual(kept)
        expect(vectorsInText(`${kept.count}x${kept.size} ${kept.float32}`)).toEqual(kept)
      }),
    )
  })

  it('hold more numbers than a stack of arguments', () => {
    const vector = Array.from({ length: 3072 }, (_, at) => Math.fround(Math.sin(at)))
    const kept = encodeVectors(Array.from({ length: 100 }, () => vector))
    expect(decodeVectors(kept)[99]).toEqual(Float32Array.from(vector))
    expect(kept.float32.length).toBeLessThan(100 * 3072 * 6)
  })

  const three = encodeVectors([[1, 2, 3]])
  it.each([
    ['a chat answer', undefined],
    ['cut numbers', { ...three, float32: three.float32.slice(0, -4) }],
    ['a shape that lies', { ...three, count: 2 }],
    ['no base64', { count: 1, size: 1, float32: '****' }],
  ])('are refused: %s', (_title, kept) => {
    expect(() => decodeVectors(kept)).toThrow(expect.objectContaining({ code: 'lm-bad-response' }))
  })

  it.each(['Hello there', '', '1x AAAA', 'x3 AAAA'])('are not in the text %j', text => {
    expect(vectorsInText(text)).toBeUndefined()
  })

  it.each([Number.NaN, Infinity, 1e39])('hold no %s', value => {
    expect(() => encodeVectors([[value]])).toThrow(expect.objectContaining({ code: 'lm-bad-response' }))
  })
})
