import { describe, expect, it } from 'vitest'
import { mean } from '@/lib/stats'
import { pcg64 } from './pcg64'

describe('NumPy’s default generator', () => {
  it('draws the uniforms of default_rng(0)', () => {
    const rng = pcg64(0)
    expect([rng.random(), rng.random(), rng.random()]).toEqual([0.6369616873214543, 0.2697867137638703, 0.04097352393619469])
  })

  it('draws the Poisson numbers of default_rng(0)', () => {
    const rng = pcg64(0)
    expect([0.25, 0.5, 1, 1, 0.75, 2].map(lambda => rng.poisson(lambda))).toEqual([0, 0, 0, 0, 2, 4])
  })

  it('takes nothing from the stream for a mean of 0', () => {
    const rng = pcg64(3)
    expect(rng.poisson(0)).toBe(0)
    expect(rng.random()).toBe(pcg64(3).random())
  })

  it.each([0.5, 3, 12])('has the mean and the spread of a Poisson of %d', lambda => {
    const rng = pcg64(1)
    const drawn = Array.from({ length: 4000 }, () => rng.poisson(lambda))
    expect(mean(drawn)).toBeCloseTo(lambda, 0)
    expect(mean(drawn.map(count => (count - lambda) ** 2)) / lambda).toBeCloseTo(1, 0)
  })

  it('tells seeds apart, also above 32 bits', () => {
    const firsts = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map(seed => pcg64(seed).random())
    expect(new Set(firsts).size).toBe(firsts.length)
  })
})
