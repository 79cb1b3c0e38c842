import 'fake-indexeddb/auto'
import type { Project } from '@/engine/project/project'
import { putDataset } from '@/storage/datasets'
import { useDatabase as switchDatabase } from '@/storage/db'
import { toyProject } from '@/testing/toy-project'
import { estimate } from '@/worker/estimates'

// What a browser has and Node has not; nothing is asked of it but the free space, which it does not say.
Reflect.set(globalThis, 'navigator', {})

/**
 * Milliseconds of an estimate of a compile while its form is typed in: the median of many, each with another parameter or share. The first,
 * which reads the dataset, comes before.
 */
export async function estimateMs(rows: number): Promise<number> {
  await switchDatabase(`bench-${rows}`)
  const project = toyProject()
  const dataset = {
    id: `data-${rows}`,
    name: 'Rows',
    columns: [
      { id: 'a', name: 'text', type: 'str' },
      { id: 'b', name: 'label', type: 'str' },
    ] as const,
    createdAt: 1,
    updatedAt: 1,
  }
  await putDataset(
    dataset,
    Array.from({ length: rows }, (_, n) => ({ id: `row-${n}`, cells: { a: `Text number ${n}, of some length.`, b: 'thing' } })),
  )
  const filled: Project = {
    ...project,
    datasetId: dataset.id,
    mapping: { inputs: { in_text: 'a' }, labels: { out_label: 'b' } },
    optimizer: { id: 'mipro-v2', params: {} },
    split: { train: 40, val: 40, test: 20, seed: 1 },
  }
  const typed = (n: number): Project => ({
    ...filled,
    optimizer: { id: 'mipro-v2', params: { 'mipro-v2': { minibatch_size: 10 + n } } },
    split: { ...filled.split, val: 40 + (n % 3) },
  })
  await estimate({ project: filled, kind: 'compile' })
  const times: number[] = []
  for (let n = 0; n < 21; n++) {
    const startedAt = performance.now()
    await estimate({ project: typed(n), kind: 'compile' })
    times.push(performance.now() - startedAt)
  }
  return times.sort((a, b) => a - b)[10] ?? NaN
}

const [small, large] = [1_000, 100_000]
// The first round warms the machine up.
await estimateMs(small)
console.log(JSON.stringify({ small: await estimateMs(small), large: await estimateMs(large) }))
// The change channel of the storage would keep the process open.
process.exit(0)
