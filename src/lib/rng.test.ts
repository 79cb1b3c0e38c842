import { describe, expect, it } from 'vitest'
import { pythonRandom } from './rng'

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('pythonRandom', () => {
  it('draws the floats of random.Random', () => {
    const rng = pythonRandom(0)
    expect([rng.random(), rng.random(), rng.random()]).toEqual([0.8444218515250481, 0.7579544029403025, 0.420571580830845])
    expect(pythonRandom(9).random()).toBe(0.46300735781502145)
  })

  it('seeds from texts, negative and large numbers as Python does', () => {
    expect(pythonRandom('abc').random()).toBe(0.7720246314157545)
    expect(pythonRandom('').random()).toBe(0.9602256525641875)
    expect(pythonRandom('日本 \0').random()).toBe(0.22153688554474438)
    expect(pythonRandom('\0\0a').random()).toBe(0.06358542558516034)
    expect(pythonRandom(-7).random()).toBe(0.32383276483316237)
    const rng = pythonRandom(12345678901234)
    expect(rng.random()).toBe(0.02504137575317178)
    expect(rng.getrandbits(40)).toBe(906862273772)
    expect(rng.getrandbits(53)).toBe(4772346151521518)
    expect(rng.sample(upTo(1000), 8)).toEqual([414, 988, 735, 505, 993, 438, 201, 151])
  })

  it('samples from small and large lists as Python does', () => {
    const rng = pythonRandom(0)
    expect(rng.sample(upTo(20), 3)).toEqual([12, 13, 1])
    expect(rng.sample(upTo(100), 10)).toEqual([33, 65, 62, 51, 38, 61, 45, 74, 27, 64])
  })

  it('shuffles as Python does and leaves its argument alone', () => {
    const items = upTo(10)
    expect(pythonRandom(0).shuffle(items)).toEqual([7, 8, 1, 5, 3, 4, 2, 0, 9, 6])
    expect(items).toEqual(upTo(10))
    expect([0, 1, 2, 3].map(seed => pythonRandom(seed).shuffle(upTo(8)).join(''))).toEqual(['41520376', '36157042', '53412670', '05721643'])
  })

  it('mixes its draws in one stream as Python does', () => {
    const rng = pythonRandom(9)
    expect(upTo(6).map(() => rng.randint(1, 4))).toEqual([4, 3, 3, 2, 2, 1])
    expect(rng.choice('abcdef'.split(''))).toBe('c')
    expect(rng.choices([0, 1, 2], [0.2, 0.3, 0.5], 3)).toEqual([2, 2, 0])
    expect(rng.randint(0, 1e9)).toBe(595143377)
  })

  it('starts each kind of draw as Python does', () => {
    expect(pythonRandom(9).choice('abcdef'.split(''))).toBe('d')
    expect(pythonRandom(9).choices([0, 1, 2], [0.2, 0.3, 0.5], 3)).toEqual([1, 1, 0])
    expect(pythonRandom(9).randint(0, 1e9)).toBe(497150363)
    expect([0, 1, 2, 3].map(seed => pythonRandom(seed).randint(1, 4))).toEqual([4, 2, 1, 2])
  })

  it('forks by key alone, whatever was drawn before', () => {
    const fresh = pythonRandom(3).fork('row 1').random()
    const used = pythonRandom(3)
    used.random()
    expect(used.fork('row 1').random()).toBe(fresh)
    expect(used.fork('row 2').random()).not.toBe(fresh)
    expect(pythonRandom(4).fork('row 1').random()).not.toBe(fresh)
  })

  it('refuses what has no answer', () => {
    expect(() => pythonRandom(0).choice([])).toThrow('randbelow')
    expect(() => pythonRandom(0).sample([1], 2)).toThrow('Cannot take 2 of 1')
    expect(() => pythonRandom(0).choices(['a'], [0], 1)).toThrow('positive')
    expect(() => pythonRandom(0.5)).toThrow('whole number')
  })
})
