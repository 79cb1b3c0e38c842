import type { StateVersion } from '@/engine/project/project'
import { announce } from './change-notices'
import { recordsIn } from './checked-records'
import { read, write } from './db'
import { belongingTo } from './key-ranges'
import { forgetDropped, ownBlobs, storesFor } from './blob-owners'

/** The saved states of a project's program, newest first. */
export async function listVersions(projectId: string): Promise<StateVersion[]> {
  const range = belongingTo(projectId)
  const versions = await read(['versions'], async transaction => {
    const records = recordsIn(transaction)
    records.sift('versions', await records.strays('versions', 'byProject'))
    return records.getByIndex('versions', 'byProject', range)
  })
  return versions.reverse()
}

export async function putVersion(version: StateVersion): Promise<void> {
  await write(storesFor(['versions'], version), 'strict', async transaction => {
    await Promise.all([
      transaction.objectStore('versions').put(version),
      ownBlobs(transaction, { store: 'versions', key: [version.id] }, version),
    ])
  })
  await forgetDropped('versions', version)
  announce('versions', version.projectId)
}
