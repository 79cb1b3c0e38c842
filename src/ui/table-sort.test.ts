import { describe, expect, it } from 'vitest'
import { nextSort, sortRows } from './table-sort'

const columns = [{ id: 'score', sortValue: (row: { score?: number | null; name: string }) => row.score }]
const rows = [{ name: 'a', score: 2 }, { name: 'b' }, { name: 'c', score: 1 }, { name: 'd', score: 2 }, { name: 'e', score: null }]
const names = (sorted: readonly { name: string }[]) => sorted.map(row => row.name).join('')

describe('sortRows', () => {
  it('keeps rows without a value last in both directions', () => {
    expect(names(sortRows(rows, columns, { id: 'score', direction: 'asc' }))).toBe('cadbe')
    expect(names(sortRows(rows, columns, { id: 'score', direction: 'desc' }))).toBe('adcbe')
  })
  it('leaves rows alone for an unknown column', () => {
    expect(sortRows(rows, columns, { id: 'other', direction: 'asc' })).toBe(rows)
  })
  it('orders texts with numbers in them as people do', () => {
    const texts = [{ name: 'row 10' }, { name: 'row 2' }]
    expect(sortRows(texts, [{ id: 'name', sortValue: row => row.name }], { id: 'name', direction: 'asc' })).toEqual([
      { name: 'row 2' },
      { name: 'row 10' },
    ])
  })
})

describe('nextSort', () => {
  it('goes up, down, and back to none', () => {
    const up = nextSort(undefined, 'x')
    const down = nextSort(up, 'x')
    expect([up?.direction, down?.direction, nextSort(down, 'x')]).toEqual(['asc', 'desc', undefined])
    expect(nextSort(down, 'y')).toEqual({ id: 'y', direction: 'asc' })
  })
})
