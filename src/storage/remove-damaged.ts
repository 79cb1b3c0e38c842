import { announce } from './change-notices'
import { mendBlob } from './blobs'
import { deleteDataset, dropDamagedRows } from './datasets'
import { deleteProject } from './delete-project'
import { deleteQuarantined } from './quarantine'
import { deleteRun } from './runs'
import type { QuarantinedRecord } from './schema'
import { systemClock } from '@/lib/system-clock'

/** Deletes what was found damaged, for good: with all that belongs to it where it owns something, and nothing that is intact beside it. */
export async function removeDamaged(record: QuarantinedRecord): Promise<void> {
  const { store, key } = record
  if (store === 'projects') await deleteProject(String(key))
  else if (store === 'runs') await deleteRun(String(key))
  else if (store === 'datasets') await deleteDataset(String(key))
  else if (store === 'datasetChunks' && Array.isArray(key)) await dropDamagedRows(String(key[0]), Number(key[1]))
  else if (store === 'blobs') await mendBlob(String(key), systemClock.date())
  else return deleteQuarantined(record)
  announce('quarantine', record.id)
}
