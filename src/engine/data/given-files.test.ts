import { expect, it } from 'vitest'
import { blobRefOf, memoryBlobs } from '../blobs/blob-store'
import { parseTypeName } from '../signature/parse-type-name'
import { fedValue } from './fed-value'
import { takeFiles } from './given-files'

const store = memoryBlobs()
const pdf = new TextEncoder().encode('%PDF-1.7')
const wav = new TextEncoder().encode('RIFF0000WAVEfmt ')
const dataUrl = (mime: string, bytes: Uint8Array): string => `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`

it('takes files by their types, in the shapes of DSPy and inside of lists and objects', async () => {
  const take = (type: string, given: unknown) => takeFiles(parseTypeName(type), given, { store })
  const kept = blobRefOf(pdf, 'application/pdf')
  expect(await take('dspy.File', { file_data: pdf, filename: 'Terms.pdf' })).toEqual({ ...kept, name: 'Terms.pdf' })
  expect(await take('dspy.File', { file_data: dataUrl('application/pdf', pdf) })).toEqual(kept)
  expect(await take('dspy.File', { file_id: 'file-1', filename: 'a.pdf' })).toEqual({ $file: 'file-1', name: 'a.pdf' })
  expect(await take('dspy.Image', { url: 'https://a.example/b.png' })).toEqual({ $url: 'https://a.example/b.png' })
  expect(await take('list[dspy.Audio]', [wav, dataUrl('audio/wav', wav)])).toEqual([
    blobRefOf(wav, 'audio/wav'),
    blobRefOf(wav, 'audio/wav'),
  ])
  expect(await take('dict[str, dspy.File]', { one: pdf })).toEqual({ one: kept })
  expect(await take('Optional[dspy.Audio]', null)).toBeNull()
  expect(await take('str', 'data:text/plain,x')).toBe('data:text/plain,x')
  await expect(take('dspy.Audio', { file_data: pdf })).rejects.toMatchObject({ code: 'data-invalid' })
})

it('feeds a field of such a type from a cell in any shape that it may have', () => {
  const fed = (cell: Parameters<typeof fedValue>[0], column: Parameters<typeof fedValue>[1], type: string) =>
    fedValue(cell, column, parseTypeName(type))
  const address = { $url: 'https://a.example/b.png' }
  expect(fed(address.$url, 'str', 'dspy.Image')).toEqual(address)
  expect(fed(`["${address.$url}"]`, 'json', 'list[dspy.Image]')).toEqual([address])
  const turns = [{ q: 'One?', a: 'Yes.' }]
  for (const cell of [turns, { messages: turns }, JSON.stringify(turns), JSON.stringify({ messages: turns })])
    expect(fed(cell, 'str', 'dspy.History')).toEqual({ messages: turns })
  expect(fed('Sky is blue.', 'str', 'Document')).toEqual({ data: 'Sky is blue.' })
  expect(fed('```python\nprint(1)\n```', 'str', "dspy.Code['python']")).toBe('print(1)')
  expect(fed('[1, 2]', 'json', 'dspy.Code')).toBe('[1, 2]')
  expect(fed('[{"name": "search", "arguments": "{\\"q\\": 1}"}]', 'json', 'dspy.ToolCalls')).toEqual({
    tool_calls: [{ name: 'search', args: { q: 1 } }],
  })
  // What fits in no shape is told by whoever checks the row.
  expect(fed('a cat', 'str', 'dspy.Image')).toBe('a cat')
  expect(fed(null, 'image', 'dspy.Image')).toBeNull()
})
