import { describe, expect, it } from 'vitest'
import type { Span } from './span'
import { stopCounts, stopNote, stopsOf } from './stops'

const span = (about: Partial<Span>): Span => ({ node: 'n', name: 'Step', inputs: {}, calls: [], ms: 1, ...about })

describe('stopNote', () => {
  it('is there for a row with a step that ended at a bound, and only for it', () => {
    expect(stopNote([span({}), span({ stopped: 'max-iterations' })])).toBe('out of steps')
    expect(stopNote([span({})])).toBeUndefined()
  })
})

describe('stopCounts', () => {
  it('counts rows by bound, each row once for a bound, in the order of the words', () => {
    const rows = [
      [span({ stopped: 'max-attempts' }), span({ stopped: 'max-iterations' }), span({ stopped: 'max-attempts' })],
      [span({})],
      [span({ stopped: 'max-attempts' })],
    ]
    expect(Object.entries(stopCounts(rows.map(stopsOf)))).toEqual([
      ['max-iterations', 1],
      ['max-attempts', 2],
    ])
    expect(stopCounts([])).toEqual({})
  })
})
