import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeVectors, encodeVectors, vectorShape } from './vectors'

describe('vectors as text', () => {
  it('come back as the float32 they were written as, in order', () => {
    const rows = fc.integer({ min: 1, max: 8 }).chain(size =>
      fc.array(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: size, maxLength: size }), {
        minLength: 1,
        maxLength: 6,
      }),
    )
    fc.assert(
      fc.property(rows, vectors => {
        const text = encodeVectors(vectors)
        expect(vectorShape(text)).toEqual({ count: vectors.length, size: vectors[0]?.length })
        expect(decodeVectors(text)).toEqual(vectors.map(vector => Float32Array.from(vector)))
        expect(encodeVectors(decodeVectors(text).map(vector => [...vector]))).toBe(text)
      }),
    )
  })

  it('hold more numbers than a stack of arguments', () => {
    const vector = Array.from({ length: 3072 }, (_, at) => Math.fround(Math.sin(at)))
    const text = encodeVectors(Array.from({ length: 100 }, () => vector))
    expect(decodeVectors(text)[99]).toEqual(Float32Array.from(vector))
    expect(text.length).toBeLessThan(100 * 3072 * 6)
  })

  it.each([
    ['a chat answer', 'Hello there'],
    ['a cut text', encodeVectors([[1, 2, 3]]).slice(0, -4)],
    ['a shape that lies', encodeVectors([[1, 2, 3]]).replace('1x3', '2x3')],
    ['no base64', '1x1 ****'],
    ['nothing', ''],
  ])('are refused: %s', (_title, text) => {
    expect(() => decodeVectors(text)).toThrow(expect.objectContaining({ code: 'lm-bad-response' }))
  })

  it.each([Number.NaN, Infinity, 1e39])('hold no %s', value => {
    expect(() => encodeVectors([[value]])).toThrow(expect.objectContaining({ code: 'lm-bad-response' }))
  })
})
