import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import type { ExampleSetRef } from '@/engine/record/spec'
import { exampleSetRef } from '@/engine/record/example-set'
import { recordsIn } from './checked-records'
import { cutRows } from './chunks'
import { read, write, type WriteTransaction } from './db'
import { belongingTo } from './key-ranges'
import { ownBlobs, storesFor } from './blob-owners'

/** Stores examples under the hash of their content, once for all runs that use the same ones. */
export async function putExampleSet(examples: readonly Example[]): Promise<ExampleSetRef> {
  return write(storesFor(['exampleSets'], examples), 'strict', transaction => putExamples(transaction, examples))
}

/** For use inside a larger transaction over exampleSets and the stores that `storesFor` names. */
export async function putExamples(transaction: WriteTransaction, examples: readonly Example[]): Promise<ExampleSetRef> {
  const ref = exampleSetRef(examples)
  const { hash } = ref
  const store = transaction.objectStore('exampleSets')
  const stored = await recordsIn(transaction).getAll('exampleSets', belongingTo(hash))
  if (examples.length > 0 && stored.reduce((sum, chunk) => sum + chunk.examples.length, 0) === examples.length) return ref
  // None are there, or not all of them can be read any more.
  await store.delete(belongingTo(hash))
  for (const [index, chunk] of cutRows(examples).entries()) await store.put({ hash, index, examples: chunk })
  await ownBlobs(transaction, { store: 'exampleSets', key: [hash] }, examples)
  return ref
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
