import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import type { ExampleSetRef } from '@/engine/record/spec'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { cutRows } from './chunks'
import { read, write } from './db'
import { belongingTo } from './key-ranges'
import { checkedAll, keyField } from './quarantine'
import { exampleChunkSchema } from './record-schemas'

/** Stores examples under the hash of their content, once for all runs that use the same ones. */
export async function putExampleSet(examples: readonly Example[]): Promise<ExampleSetRef> {
  const hash = sha256Hex(canonicalJson(examples))
  await write(['exampleSets'], 'strict', async transaction => {
    const store = transaction.objectStore('exampleSets')
    if ((await store.count(belongingTo(hash))) > 0) return
    for (const [index, chunk] of cutRows(examples).entries()) await store.put({ hash, index, examples: chunk })
  })
  return { hash, count: examples.length }
}

/** Throws `not-found` when a part of the set is missing or damaged: a run on fewer rows would be another run. */
export async function getExampleSet(ref: ExampleSetRef): Promise<Example[]> {
  const values = await read(['exampleSets'], transaction => transaction.objectStore('exampleSets').getAll(belongingTo(ref.hash)))
  const chunks = await checkedAll('exampleSets', exampleChunkSchema, values, value => [ref.hash, keyField(value, 'index')])
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
