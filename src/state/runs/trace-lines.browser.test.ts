import { beforeEach, expect, it } from 'vitest'
import type { StoredRollout } from '@/storage/records'
import { useDatabase, write } from '@/storage/db'
import { readLines } from './trace-lines'

let databases = 0
beforeEach(() => useDatabase(`trace-lines-${(databases += 1)}`))

const rollout = (batch: number, index: number): StoredRollout => ({
  runId: 'run',
  batch,
  index,
  candidate: 'a',
  stage: 's',
  purpose: 'evaluate',
  rollout: {
    exampleId: `row-${index}`,
    score: 1,
    ms: 1,
    trace: [{ node: 'n', predictor: 'p', name: 'N', inputs: { text: 'long' }, outputs: { label: 'x' }, calls: [], ms: 1 }],
  },
})

function put(rollouts: readonly StoredRollout[]) {
  return write(['rollouts'], 'relaxed', async transaction => {
    await Promise.all(rollouts.map(each => transaction.objectStore('rollouts').put(each)))
  })
}
const batchOf = (batch: number, count: number) => Array.from({ length: count }, (_, index) => rollout(batch, index))
const keys = (lines: readonly StoredRollout[]) => lines.map(({ batch, index }) => `${batch}/${index}`)

it('reads a long run page by page, in order, each rollout once and without the inputs of its steps', async () => {
  const all = [...batchOf(0, 700), ...batchOf(1, 701)]
  await put([...all, { ...rollout(0, 0), runId: 'run2' }])
  const sizes: number[] = []
  const lines = await readLines('run', [], page => sizes.push(page.length))
  expect(sizes).toEqual([500, 1000])
  expect(keys(lines)).toEqual(keys(all))
  expect(lines[3]?.rollout.trace[0]).toMatchObject({ inputs: {}, outputs: { label: 'x' } })
})

it('goes on from the last batch it knows, and reads all again where an earlier batch has grown', async () => {
  await put([...batchOf(0, 600), ...batchOf(1, 3)])
  const known = await readLines('run', [], () => undefined)
  await put([rollout(1, 3), rollout(2, 0)])
  const pages: number[] = []
  const more = await readLines('run', known, page => pages.push(page.length))
  // Only the end was read: not even one full page.
  expect(pages).toEqual([])
  expect(keys(more).slice(-5)).toEqual(['1/0', '1/1', '1/2', '1/3', '2/0'])
  await put([rollout(0, 600)])
  expect(await readLines('run', more, () => undefined)).toHaveLength(606)
})
