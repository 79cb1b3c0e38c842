import { formatBytes } from '@/lib/byte-size'
import { describe, expect, it } from 'vitest'
import { formatAgo, formatCost, formatCount, formatMs } from './format'

describe('formats', () => {
  it('groups counts and shortens large ones', () => {
    expect([0, 999, 1234, 123_456].map(formatCount)).toEqual(['0', '999', '1,234', '123.5K'])
  })
  it('says durations in the two largest units', () => {
    expect([12.4, 999, 4210, 59_990, 60_000, 185_000, 7_440_000].map(formatMs)).toEqual([
      '12 ms',
      '999 ms',
      '4.2 s',
      '1 min',
      '1 min',
      '3 min 5 s',
      '2 h 4 min',
    ])
  })
  it('never says zero for an unknown price', () => {
    expect(formatCost(undefined)).toBe('price unknown')
    expect([0, 0.00001, 0.0123, 1.5].map(formatCost)).toEqual(['$0', '< $0.0001', '$0.0123', '$1.50'])
  })
  it('counts bytes in powers of a thousand', () => {
    expect([0, 999, 1400, 250_000_000].map(formatBytes)).toEqual(['0 B', '999 B', '1.4 kB', '250 MB'])
  })
  it('says how long ago', () => {
    const now = 1_700_000_000_000
    expect([0, 40_000, 200_000, 18_000_000, 200_000_000].map(ago => formatAgo(now - ago, now))).toEqual([
      'just now',
      '40 s ago',
      '3 min ago',
      '5 h ago',
      '2 d ago',
    ])
  })
})
