import { expect, it } from 'vitest'
import { matchEntries } from './palette-match'

const entries = ['Go to Data', 'Compile', 'Evaluate on val', 'Lay out the program'].map(title => ({
  id: title,
  title,
  group: title === 'Compile' ? 'Run' : 'Go to',
  run: () => {},
}))
const titles = (query: string) => matchEntries(entries, query).map(entry => entry.title)

it('keeps all for an empty query, in their order', () => {
  expect(titles('  ')).toEqual(['Go to Data', 'Compile', 'Evaluate on val', 'Lay out the program'])
})

it('asks for every word, in the title or the group', () => {
  expect(titles('val go')).toEqual(['Evaluate on val'])
  expect(titles('run')).toEqual(['Compile'])
  expect(titles('nothing')).toEqual([])
})

it('puts titles that start with the query first', () => {
  expect(titles('l')).toEqual(['Lay out the program', 'Compile', 'Evaluate on val'])
})
