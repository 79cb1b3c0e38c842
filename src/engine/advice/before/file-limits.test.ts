import { expect, it } from 'vitest'
import { fileProblems, type RowFile } from './file-limits'

const file = (row: string, mime: string, bytes: number): RowFile => ({
  row,
  split: 'val',
  input: 'photo',
  ref: { $blob: row.repeat(64).slice(0, 64), mime, bytes },
})
const told = (files: readonly RowFile[], address: string): readonly string[] =>
  fileProblems(files, [address]).map(({ message, advice }) => `${message} ${advice}`)

it('tells of files that the endpoint of a model does not take, with the rows that hold them', () => {
  const files = [
    file('a', 'image/png', 6_000_000),
    file('b', 'image/svg+xml', 100),
    file('c', 'image/svg+xml', 100),
    file('d', 'audio/ogg', 9),
  ]
  expect(told(files, 'https://api.openai.com/v1')).toEqual([
    '2 rows hold image/svg+xml, which api.openai.com does not take. Convert them to PNG or JPEG, or choose another model. The studio has not checked this limit with api.openai.com: one row tries it.',
    '1 row holds audio/ogg, which api.openai.com does not take. Convert them to WAV or MP3, or choose another model. The studio has not checked this limit with api.openai.com: one row tries it.',
  ])
  expect(told(files.slice(0, 1), 'https://api.anthropic.com/v1/')).toEqual([
    '1 row holds an image larger than the 5.0 MB that api.anthropic.com takes. Make them smaller, or choose another model. The studio has not checked this limit with api.anthropic.com: one row tries it.',
  ])
  expect(told([file('a', 'audio/wav', 9)], 'https://api.anthropic.com/v1/')[0]).toMatch(
    /^1 row holds recordings, which api\.anthropic\.com does not take\. Choose a model at another endpoint/,
  )
  expect(fileProblems(files, ['https://api.openai.com/v1'])[0]?.fixes).toEqual([
    { kind: 'show-rows', rows: ['b', 'c'], words: 'Show these rows' },
  ])
})

it('counts the files of a row together, as they are sent', () => {
  const large = file('a', 'application/pdf', 10_000_000)
  expect(told([large, file('a', 'image/png', 4_000_000)], 'https://generativelanguage.googleapis.com/v1beta/openai/')).toEqual([])
  expect(told([large, file('a', 'image/png', 6_000_000)], 'https://generativelanguage.googleapis.com/v1beta/openai/')).toEqual([
    '1 row holds files of more than 20.0 MB together, the most that generativelanguage.googleapis.com takes in one request. Make them smaller, or leave some out. The studio has not checked this limit with generativelanguage.googleapis.com: one row tries it.',
  ])
})

it('says of an endpoint that is not known what is true of most, and nothing of a run without files or addresses', () => {
  const svg = [file('a', 'image/svg+xml', 10)]
  expect(told(svg, 'http://localhost:11434/v1')).toEqual([
    '1 row holds image/svg+xml, which most models do not take. Convert them to PNG or JPEG, or choose another model.',
  ])
  expect(fileProblems(svg, [])).toEqual([])
  expect(fileProblems([], ['https://api.openai.com/v1'])).toEqual([])
})
