import { describe, expect, it } from 'vitest'
import { distinctName, distinctNames } from './distinct-name'
import { headerNames, keyNames } from './tabular/column-names'

describe('distinct names', () => {
  it('count on from the first that is free', () => {
    expect(distinctName('Triage', ['Triage', 'Triage (2)'])).toBe('Triage (3)')
    expect(distinctName('Triage (2)', ['Triage (2)'])).toBe('Triage (3)')
    const next = distinctNames(['a', 'a (3)'])
    expect(['a', 'a', 'b', 'a (2)', 'a'].map(next)).toEqual(['a (2)', 'a (4)', 'b', 'a (5)', 'a (6)'])
  })

  it('are no more work for 50,000 equal names than for others', () => {
    const startedAt = performance.now()
    expect(new Set(headerNames(Array.from({ length: 50_000 }, () => 'a'))).size).toBe(50_000)
    expect(new Set(keyNames(Array.from({ length: 50_000 }, (_, index) => `a${'\u200b'.repeat(1 + (index % 3))}`))).size).toBe(50_000)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
