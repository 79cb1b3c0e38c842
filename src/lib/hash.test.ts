import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sha256Hex, sha256Stream, shortHash } from './hash'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** The module as a browser loads it: without Node's builtins. */
async function inBrowser(): Promise<typeof import('./hash')> {
  vi.stubGlobal('process', undefined)
  vi.resetModules()
  return import('./hash')
}

describe('hashes of texts', () => {
  it('are SHA-256 of the UTF-8 bytes', () => {
    expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(shortHash({ b: 1, a: 2 })).toBe(sha256Hex('{"a":2,"b":1}').slice(0, 16))
  })

  it('are the same in Node and in a browser, lone surrogates included', async () => {
    const browser = await inBrowser()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const expected = bytesToHex(sha256(utf8ToBytes(text)))
        return sha256Hex(text) === expected && browser.sha256Hex(text) === expected
      }),
      { seed: 1 },
    )
    expect(browser.sha256Hex('\ud800')).toBe(sha256Hex('\ud800'))
  })

  it('go on from a copy', async () => {
    for (const make of [sha256Stream, (await inBrowser()).sha256Stream]) {
      const start = make().update('one ')
      const first = start.copy().update('two').hex()
      const second = start.copy().update('three').hex()
      expect([first, second]).toEqual([sha256Hex('one two'), sha256Hex('one three')])
      expect(start.hex()).toBe(sha256Hex('one '))
    }
  })
})
