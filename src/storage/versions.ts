import { versionSchema } from '@/engine/project/project-schema'
import type { StateVersion } from '@/engine/project/project'
import { announce } from './change-notices'
import { read, write } from './db'
import { belongingTo } from './key-ranges'
import { checkedAll, keyField } from './quarantine'
import { changeOwnedBlobs, keepDropped, withBlobStores } from './blob-owners'

/** The saved states of a project's program, newest first. */
export async function listVersions(projectId: string): Promise<StateVersion[]> {
  const values = await read(['versions'], transaction =>
    transaction.objectStore('versions').index('byProject').getAll(belongingTo(projectId)),
  )
  const versions = await checkedAll('versions', versionSchema, values, value => keyField(value, 'id'))
  return versions.reverse()
}

export async function putVersion(version: StateVersion): Promise<void> {
  await write(withBlobStores(['versions']), 'strict', async transaction => {
    await transaction.objectStore('versions').put(version)
    const dropped = await changeOwnedBlobs(transaction, { store: 'versions', key: [version.id] }, version)
    await keepDropped(transaction, dropped, Date.now())
  })
  announce('versions', version.projectId)
}
