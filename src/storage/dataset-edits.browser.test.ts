import { beforeEach, expect, it } from 'vitest'
import type { DataRow } from '@/engine/project/project'
import { pythonRandom } from '@/lib/rng'
import { emptyBrowser } from '@/testing/empty-browser'
import { editDataset, type DatasetEdit } from './dataset-edits'
import { putDataset, readRows } from './datasets'
import { database } from './db'

const column = { id: 'text', name: 'text', type: 'str' } as const
const rows = Array.from({ length: 5_300 }, (_, index): DataRow => ({ id: `r${index}`, cells: { text: `row ${index}` } }))
const ids = rows.map(({ id }) => id)

beforeEach(async () => {
  await emptyBrowser('dataset-edits')
  await putDataset({ id: 'data', name: 'Rows', columns: [column], createdAt: 1, updatedAt: 1 }, rows)
})

/** For an edit that changes something. */
async function apply(edit: DatasetEdit): Promise<DatasetEdit> {
  const back = await editDataset('data', edit)
  if (back === undefined) throw new Error(`${edit.kind} changed nothing`)
  return back
}

async function largestChunk(): Promise<number> {
  const chunks = await (await database()).getAll('datasetChunks')
  return Math.max(...chunks.map(chunk => chunk.rows.length))
}

it.each<[string, readonly string[]]>([
  ['all but the first row', ids.slice(1)],
  ['all but the last row', ids.slice(0, -1)],
  ['all rows', ids],
  ['a stretch over two chunks', ids.slice(1_900, 4_100)],
])('takes back the removal of %s, in chunks that are no larger than before', async (_name, removed) => {
  const back = await apply({ kind: 'remove', rows: removed })
  expect(await readRows('data')).toHaveLength(rows.length - removed.length)
  const again = await apply(back)
  expect((await readRows('data')).map(({ id }) => id)).toEqual(ids)
  expect(await largestChunk()).toBeLessThanOrEqual(2_000)
  await apply(again)
  expect(await readRows('data')).toHaveLength(rows.length - removed.length)
})

it('takes back any edits in turn, whatever they were', async () => {
  const rng = pythonRandom(5)
  const back: DatasetEdit[] = []
  let left = [...ids]
  for (let turn = 0; turn < 12; turn += 1) {
    const removed = left.filter(() => rng.random() < 0.3)
    back.push(await apply({ kind: 'remove', rows: removed }))
    left = left.filter(id => !removed.includes(id))
    const added: DataRow = { id: `added ${turn}`, cells: { text: 'more' } }
    back.push(await apply({ kind: 'append', rows: [added] }))
    left.push(added.id)
  }
  expect((await readRows('data')).map(({ id }) => id)).toEqual(left)
  for (const edit of back.toReversed()) await apply(edit)
  expect(await readRows('data')).toEqual(rows)
  expect(await largestChunk()).toBeLessThanOrEqual(2_000)
})

it('leaves all as it is where an edit has been made already, and refuses one that fits no more', async () => {
  const [first, second] = [rows[0]!, rows[1]!]
  const cell = { kind: 'cell', row: 'r0', column: 'text', from: 'row 0', to: 'new' } as const
  const removed = await apply({ kind: 'remove', rows: ['r0', 'r1'] })
  const gone = { code: 'storage-failed', facts: { reason: 'changed-elsewhere' } }
  await expect(editDataset('data', cell)).rejects.toMatchObject(gone)
  expect(await editDataset('data', { kind: 'remove', rows: ['r0', 'r1'] })).toBeUndefined()
  // One of the two came back by another way: it is neither added twice nor taken along when the other one goes.
  await apply({ kind: 'add', rows: [{ row: first, after: null }] })
  expect(await apply(removed)).toEqual({ kind: 'remove', rows: ['r1'] })
  expect((await readRows('data')).slice(0, 2)).toEqual(expect.arrayContaining([first, second]))
  expect(await editDataset('data', removed)).toBeUndefined()

  await apply(cell)
  expect(await editDataset('data', cell)).toBeUndefined()
  await apply({ ...cell, from: 'new', to: 'newer' })
  await expect(editDataset('data', cell)).rejects.toMatchObject(gone)
  await apply({ kind: 'rename', from: 'Rows', to: 'Other' })
  expect(await editDataset('data', { kind: 'rename', from: 'Rows', to: 'Other' })).toBeUndefined()
  await expect(editDataset('data', { kind: 'rename', from: 'Rows', to: 'Third' })).rejects.toMatchObject(gone)
  expect(await readRows('data')).toHaveLength(rows.length)
})
