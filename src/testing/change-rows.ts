import { EngineError } from '@/engine/base/errors'
import type { DatasetMeta } from '@/engine/project/project'
import { withBlobStores } from '@/storage/blob-owners'
import { announce } from '@/storage/change-notices'
import { recordsIn } from '@/storage/checked-records'
import { changeRowsIn, type RowChanges } from '@/storage/datasets'
import { write } from '@/storage/db'

/** Changes rows in a transaction of its own, as another tab might. */
export async function changeRows(id: string, changes: RowChanges, now = Date.now()): Promise<DatasetMeta> {
  const changed = await write(withBlobStores(['datasets', 'datasetChunks']), 'strict', async transaction => {
    const stored = await recordsIn(transaction).get('datasets', id)
    if (!stored) throw new EngineError('storage-failed', `There is no dataset ${id} that can be read.`)
    return changeRowsIn(transaction, stored, changes, now)
  })
  announce('datasets', id)
  return changed
}
