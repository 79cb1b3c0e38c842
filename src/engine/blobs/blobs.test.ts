import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { Json } from '@/lib/json'
import { describe, expect, it } from 'vitest'
import { blobRefsIn, fileWords, isBlobRef, type BlobRef } from './blob-ref'
import { blobRefOf, checkBlobSize, isWhole, maxBlobBytes, memoryBlobs, readBlob } from './blob-store'
import { sniffedMime } from './data-url'
import { takeInlineMedia, takeMedia } from './take-media'

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
    expect(fileWords(ref)).toBe('image/png, 3 B, ba7816bf')
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
    expect(() => blobRefOf(bytes('a'), 'picture')).toThrow(/not a file type/)
  })
})

describe('an image, in whatever form it comes', () => {
  const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1, 2])
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')
  const dataUrl = (mime: string, data: Uint8Array): string => `data:${mime};base64,${Buffer.from(data).toString('base64')}`
  const store = memoryBlobs()

  it('is taken by its bytes, not by what is said of it', async () => {
    const expected = blobRefOf(png, 'image/png')
    const fetch = async () => new Response(png, { headers: { 'content-type': 'text/plain' } })
    const readPath = async (path: string) => (path === 'cats/one.png' ? png : undefined)
    for (const given of [
      png,
      dataUrl('image/png', png),
      dataUrl('application/octet-stream', png),
      ' https://a.example/x ',
      'cats/one.png',
      expected,
    ])
      expect(await takeMedia('image', given, { store, fetch, readPath })).toEqual(expected)
    expect(await takeMedia('image', svg, { store })).toMatchObject({ mime: 'image/svg+xml' })
    expect(await takeMedia('image', 'data:image/svg+xml,%3Csvg%20xmlns=%22x%22/%3E', { store })).toMatchObject({ mime: 'image/svg+xml' })
    expect(await store.get(expected)).toEqual(png)
  })

  it.each([
    ['a text', 'a cat', /"a cat" is not an image/],
    ['another file', dataUrl('application/pdf', new TextEncoder().encode('%PDF-1.7')), /is not an image/],
    ['broken data', 'data:image/png;base64,***', /is not an image/],
    ['nothing', new Uint8Array(0), /empty/],
    ['an address, where none is fetched', 'https://a.example/b.png', /is not an image/],
    ['too much', new Uint8Array(maxBlobBytes + 1), /at most 20\.0 MB/],
    ['an object', { url: 'x' }, /is not an image/],
  ])('is refused with a sentence: %s', async (_title, given, words) => {
    await expect(takeMedia('image', given, { store })).rejects.toMatchObject({
      code: 'data-invalid',
      message: expect.stringMatching(words),
    })
  })

  it('is refused where its address gives none', async () => {
    const gone = async () => new Response('no', { status: 404 })
    await expect(takeMedia('image', 'https://a.example/b.png', { store, fetch: gone })).rejects.toThrow(
      /could not be fetched \(status 404\)/,
    )
    const refused = () => Promise.reject(new TypeError('Failed to fetch'))
    await expect(takeMedia('image', 'https://a.example/b.png', { store, fetch: refused })).rejects.toThrow(
      /save the image and choose the file/,
    )
    const large = async () => new Response('x', { headers: { 'content-length': '99000000' } })
    await expect(takeMedia('image', 'https://a.example/b.png', { store, fetch: large })).rejects.toThrow(/at most/)
  })

  it('is taken as a recording or a file where one of these is wanted, with the name that a file has', async () => {
    const pdf = new TextEncoder().encode('%PDF-1.7')
    const wav = new TextEncoder().encode('RIFF0000WAVEfmt ')
    expect(await takeMedia('audio', wav, { store, named: { name: 'a.wav' } })).toEqual(blobRefOf(wav, 'audio/wav'))
    expect(await takeMedia('file', pdf, { store, named: { name: 'Terms.pdf' } })).toEqual({
      ...blobRefOf(pdf, 'application/pdf'),
      name: 'Terms.pdf',
    })
    const notes = new TextEncoder().encode('a note')
    const readPath = async (path: string) => (path === 'in/notes.md' ? notes : undefined)
    expect(await takeMedia('file', 'in/notes.md', { store, readPath })).toEqual({ ...blobRefOf(notes, 'text/markdown'), name: 'notes.md' })
    expect(await takeMedia('file', 'file-Abc123', { store })).toEqual({ $file: 'file-Abc123' })
    expect(await takeMedia('image', { $url: 'https://a.example/b.png' }, { store })).toEqual({ $url: 'https://a.example/b.png' })
    await expect(takeMedia('audio', pdf, { store })).rejects.toThrow('This file is not a recording. Give a WAV or MP3')
    await expect(takeMedia('audio', blobRefOf(pdf, 'application/pdf'), { store })).rejects.toThrow('not a recording')
    await expect(takeMedia('file', 'some words', { store })).rejects.toThrow('is not a file')
  })

  it('is known by its first bytes', () => {
    const heads: readonly (readonly [string, string | undefined])[] = [
      ['GIF89a', 'image/gif'],
      ['RIFF0000WEBP', 'image/webp'],
      ['RIFF0000WAVE', 'audio/wav'],
      ['OggS', 'audio/ogg'],
      ['fLaC', 'audio/flac'],
      ['0000ftypM4A ', 'audio/mp4'],
      ['%PDF-1.4', 'application/pdf'],
      ['<?xml version="1.0"?>\n<!-- a -->\n<svg width="1">', 'image/svg+xml'],
      ['<html><svg>', undefined],
      ['', undefined],
    ]
    for (const [head, mime] of heads) expect(sniffedMime(new TextEncoder().encode(head))).toBe(mime)
    expect(sniffedMime(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]))).toBe('image/jpeg')
  })
})

it('takes the data: URLs out of lists and objects, and leaves all else as it is', async () => {
  const store = memoryBlobs()
  const bad: string[] = []
  const take = (value: Json) => takeInlineMedia(value, { store }, words => bad.push(words))
  const gif = Buffer.from('GIF89a\u0001\u0000\u0001\u0000').toString('base64')
  const pdf = Buffer.from('%PDF-1.4 x').toString('base64')
  const value = { pages: [`data:image/gif;base64,${gif}`, { scan: `data:application/pdf;base64,${pdf}` }], note: 'data: none' }
  expect(await take(value)).toEqual({
    pages: [
      { $blob: expect.any(String), mime: 'image/gif', bytes: 10 },
      { scan: { $blob: expect.any(String), mime: 'application/pdf', bytes: 10 } },
    ],
    note: 'data: none',
  })
  const plain = { a: ['x', 1, null], b: refOf('abc') }
  expect(await take(plain)).toBe(plain)
  expect(bad).toEqual([])
  const broken = [`data:image/png;base64,${pdf}`]
  expect(await take(broken)).toBe(broken)
  expect(bad).toHaveLength(1)
})
