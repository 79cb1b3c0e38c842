import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json'
import { sha256Hex, shortHash } from './hash'
import { newId } from './ids'

describe('canonicalJson', () => {
  it('sorts keys at every level and drops undefined', () => {
    expect(canonicalJson({ b: [{ y: 1, x: undefined, a: 'é' }], a: null })).toBe('{"a":null,"b":[{"a":"é","y":1}]}')
    expect(canonicalJson([undefined, 1])).toBe('[null,1]')
    expect(canonicalJson(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"')
  })

  it('reads back as the same value, and does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), value => {
        const text = canonicalJson(value)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(text)
      }),
    )
  })
})

describe('hash', () => {
  it('is SHA-256 of UTF-8', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
    expect(shortHash({ b: 1, a: 2 })).toBe(shortHash({ a: 2, b: 1 }))
    expect(shortHash({})).toMatch(/^[0-9a-f]{16}$/)
  })
})

describe('newId', () => {
  it('has the prefix and does not repeat', () => {
    const ids = new Set(Array.from({ length: 500 }, () => newId('run')))
    expect(ids.size).toBe(500)
    for (const id of ids) expect(id).toMatch(/^run_[0-9a-z]{16}$/)
  })
})
