import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobRefsIn, blobWords, isBlobRef, type BlobRef } from './blob-ref'
import { blobRefOf, checkBlobSize, isWhole, maxBlobBytes, memoryBlobs, readBlob } from './blob-store'

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
const refOf = (text: string): BlobRef => blobRefOf(bytes(text), 'text/plain')

describe('a reference to a blob', () => {
  it('is made of the bytes alone', () => {
    const ref = blobRefOf(bytes('abc'), 'Image/PNG; q=1')
    expect(ref).toEqual({ $blob: createHash('sha256').update('abc').digest('hex'), mime: 'image/png', bytes: 3 })
    expect(isBlobRef(ref)).toBe(true)
    expect(isWhole(ref, bytes('abc'))).toBe(true)
    expect(isWhole(ref, bytes('abd'))).toBe(false)
    expect(isWhole(ref, bytes('abcd'))).toBe(false)
    expect(blobWords(ref)).toBe('image/png, 3 B, ba7816bf')
  })

  it('is nothing else that looks a bit like one', () => {
    const ref = refOf('a')
    for (const value of [
      null,
      'x',
      [],
      {},
      { $blob: 1 },
      { ...ref, bytes: -1 },
      { ...ref, bytes: 1.5 },
      { ...ref, $blob: ref.$blob.toUpperCase() },
    ])
      expect(isBlobRef(value)).toBe(false)
  })

  it('is found wherever it stands in a value, once', () => {
    const tree = fc.letrec<{ value: unknown }>(tie => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.integer({ min: 0, max: 5 }).map(n => refOf(`blob ${n}`)),
        fc.string(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    }))
    fc.assert(
      fc.property(tree.value, value => {
        const written = JSON.stringify(value) ?? ''
        const expected = [...new Set([...written.matchAll(/"\$blob":"([0-9a-f]{64})"/g)].map(match => match[1]))]
        expect(blobRefsIn(value).map(({ $blob }) => $blob)).toEqual(expected)
      }),
    )
  })

  it('is found in a value deeper than a stack', () => {
    let deep: unknown = refOf('deep')
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(blobRefsIn(deep)).toHaveLength(1)
  })
})

describe('blobs', () => {
  it('are kept once and given back as they came', async () => {
    const blobs = memoryBlobs()
    const given = bytes('abc')
    const ref = await blobs.put(given, 'text/plain')
    given[0] = 0
    expect(await blobs.put(bytes('abc'), 'text/plain')).toEqual(ref)
    expect(blobs.size).toBe(1)
    expect(await readBlob(blobs, ref)).toEqual(bytes('abc'))
  })

  it('say so where they are missing', async () => {
    await expect(readBlob(memoryBlobs(), refOf('x'))).rejects.toMatchObject({
      code: 'blob-missing',
      message: expect.stringContaining('text/plain, 1 B'),
    })
    await expect(readBlob(undefined, refOf('x'))).rejects.toMatchObject({ code: 'blob-missing' })
  })

  it('have a size that can be kept, and a type', () => {
    expect(() => checkBlobSize(maxBlobBytes)).not.toThrow()
    expect(() => checkBlobSize(maxBlobBytes + 1, 'cat.png')).toThrow(/cat\.png has 20\.0 MB; at most 20\.0 MB/)
    expect(() => blobRefOf(new Uint8Array(0), 'image/png')).toThrow(/empty/)
    expect(() => blobRefOf(bytes('a'), 'picture')).toThrow(/no type of a file/)
  })
})
