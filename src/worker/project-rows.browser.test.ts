import { beforeEach, expect, it } from 'vitest'
import { pythonRandom } from '@/lib/rng'
import { emptyBrowser } from '@/testing/empty-browser'
import { toyProject } from '@/testing/toy-project'
import { putDataset } from '@/storage/datasets'
import { changeRows } from '@/testing/change-rows'
import { estimate } from './estimates'
import { examplesById, examplesOf, firstOpenExamples, projectData, rowCounts } from './project-rows'

beforeEach(async () => void (await emptyBrowser('project-rows')))

const columns = [
  { id: 'col_text', name: 'text', type: 'str' },
  { id: 'col_label', name: 'label', type: 'str' },
] as const
const row = (id: string) => ({ id, cells: { col_text: `text of ${id}`, col_label: 'tool' } })
const project = { ...toyProject(), datasetId: 'data', optimizer: { id: 'labeled-few-shot', params: {} } }

async function dataOf(changes: Partial<typeof project> = {}) {
  const data = await projectData({ ...project, ...changes })
  if (!data) throw new Error('no dataset')
  return data
}

it('counts the rows of each split as they are dealt, over other shares, seeds and rows', async () => {
  await putDataset(
    { id: 'data', name: 'Data', columns, createdAt: 1, updatedAt: 1 },
    Array.from({ length: 4_500 }, (_, n) => row(`r${n}`)),
  )
  const rng = pythonRandom(7)
  for (let turn = 0; turn < 12; turn++) {
    const [train, val, test] = [rng.randint(0, 9), rng.randint(0, 9), rng.randint(0, 9)]
    const data = await dataOf({ split: { train, val, test, seed: rng.randint(0, 2) } })
    const counts = await rowCounts(data)
    for (const split of ['train', 'val', 'test', 'all'] as const) {
      const rows = await examplesOf(data, split)
      expect({ turn, split, count: counts[split] }).toEqual({ turn, split, count: rows.length })
    }
    await changeRows('data', { append: [row(`more ${turn}`)], remove: [`r${turn * 3}`, `r${turn * 3 + 1}`] })
  }
})

it('reads no further than it has to for the first rows, and finds rows by their ids', async () => {
  await putDataset(
    { id: 'data', name: 'Data', columns, createdAt: 1, updatedAt: 1 },
    Array.from({ length: 2_500 }, (_, n) => row(`r${n}`)),
  )
  const data = await dataOf()
  const val = await examplesOf(data, 'val')
  expect(await firstOpenExamples(data, 3)).toEqual(val.slice(0, 3))
  expect(await firstOpenExamples(data, 100_000)).toEqual(val)
  const noVal = await dataOf({ split: { train: 1, val: 0, test: 0, seed: 0 } })
  expect(await firstOpenExamples(noVal, 2)).toEqual((await examplesOf(noVal, 'train')).slice(0, 2))
  const [first, last] = [val[0], val.at(-1)]
  expect(await examplesById(data, [last?.id ?? '', 'gone', first?.id ?? ''])).toEqual([last, first])
})

it('estimates a compile and an evaluation on as many rows as they will run on', async () => {
  await putDataset(
    { id: 'data', name: 'Data', columns, createdAt: 1, updatedAt: 1 },
    Array.from({ length: 200 }, (_, n) => row(`r${n}`)),
  )
  const data = await dataOf()
  const [train, val, test] = await Promise.all((['train', 'val', 'test'] as const).map(split => examplesOf(data, split)))
  expect(await estimate({ project, kind: 'compile' })).toMatchObject({ train: train?.length, val: val?.length })
  expect(await estimate({ project, kind: 'evaluate', split: 'test' })).toMatchObject({ train: 0, val: test?.length })
  const exampleIds = [val?.[1]?.id ?? '', test?.[0]?.id ?? '']
  expect(await estimate({ project, kind: 'evaluate', split: 'val', exampleIds })).toMatchObject({ val: 1 })
  const empty = { ...project, split: { train: 0, val: 1, test: 0, seed: 0 } }
  await expect(estimate({ project: empty, kind: 'compile' })).rejects.toMatchObject({
    code: 'data-invalid',
    facts: { split: 'train', rows: 200 },
  })
})
