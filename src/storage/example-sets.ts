import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import type { ExampleSetRef } from '@/engine/record/spec'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { recordsIn } from './checked-records'
import { cutRows } from './chunks'
import { read, write } from './db'
import { belongingTo } from './key-ranges'

/** Stores examples under the hash of their content, once for all runs that use the same ones. */
export async function putExampleSet(examples: readonly Example[]): Promise<ExampleSetRef> {
  const hash = sha256Hex(canonicalJson(examples))
  await write(['exampleSets'], 'strict', async transaction => {
    const store = transaction.objectStore('exampleSets')
    const stored = await recordsIn(transaction).getAll('exampleSets', belongingTo(hash))
    if (examples.length > 0 && stored.reduce((sum, chunk) => sum + chunk.examples.length, 0) === examples.length) return
    // None are there, or not all of them can be read any more.
    await store.delete(belongingTo(hash))
    for (const [index, chunk] of cutRows(examples).entries()) await store.put({ hash, index, examples: chunk })
  })
  return { hash, count: examples.length }
}

/** Throws `not-found` when a part of the set is missing or damaged: a run on fewer rows would be another run. */
export async function getExampleSet(ref: ExampleSetRef): Promise<Example[]> {
  const chunks = await read(['exampleSets'], transaction => recordsIn(transaction).getAll('exampleSets', belongingTo(ref.hash)))
  const examples = chunks.flatMap(chunk => chunk.examples)
  if (examples.length !== ref.count) {
    throw new EngineError(
      'not-found',
      'The rows this run was made with are no longer stored in this browser. Start a new run on the dataset.',
      {
        expected: ref.count,
        found: examples.length,
      },
    )
  }
  return examples
}
