import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { z } from 'zod'
import { announce } from './change-notices'
import { storageError } from './storage-error'

/**
 * Which addresses the tools of a project may contact, as the user of this browser has allowed them. In a database of its own that no export and
 * no backup opens: whoever makes a project file or a backup cannot bring a permission along.
 */
interface PermissionsSchema extends DBSchema {
  toolHosts: { key: string; value: { readonly projectId: string; readonly origins: readonly string[] } }
}

const originsSchema = z.object({ origins: z.array(z.string()) })

/** What cannot be read allows nothing. */
export function allowedToolHosts(projectId: string): Promise<readonly string[]> {
  return withPermissions(async database => originsSchema.safeParse(await database.get('toolHosts', projectId)).data?.origins ?? [])
}

/** Puts these in place of what was allowed before. */
export async function putAllowedToolHosts(projectId: string, origins: readonly string[]): Promise<void> {
  await withPermissions(async database => {
    if (origins.length === 0) await database.delete('toolHosts', projectId)
    else await database.put('toolHosts', { projectId, origins: [...new Set(origins)].toSorted() })
  })
  announce('toolHosts', projectId)
}

/** Opened for each use and closed again, as the keys are. */
async function withPermissions<T>(work: (database: IDBPDatabase<PermissionsSchema>) => Promise<T>): Promise<T> {
  try {
    const database = await openDB<PermissionsSchema>('dspy-studio-permissions', 1, {
      upgrade: fresh => void fresh.createObjectStore('toolHosts', { keyPath: 'projectId' }),
    })
    try {
      return await work(database)
    } finally {
      database.close()
    }
  } catch (error) {
    throw storageError(error)
  }
}
