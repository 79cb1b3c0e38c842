import { projectSchema } from '@/engine/project/project-schema'
import type { Project } from '@/engine/project/project'
import { announce } from './change-notices'
import { read, write } from './db'
import { checked, checkedAll, keyField } from './quarantine'
import { changeOwnedBlobs, keepDropped, withBlobStores } from './blob-owners'

/** All readable projects, the last edited first. */
export async function listProjects(): Promise<Project[]> {
  const values = await read(['projects'], transaction => transaction.objectStore('projects').getAll())
  const projects = await checkedAll('projects', projectSchema, values, value => keyField(value, 'id'))
  return projects.sort((a, b) => b.updatedAt - a.updatedAt)
}

export async function getProject(id: string): Promise<Project | undefined> {
  return checked('projects', id, projectSchema, await read(['projects'], transaction => transaction.objectStore('projects').get(id)))
}

/** Resolves when the project is on disk. Throws `storage-full` and leaves the last saved state as it was. */
export async function putProject(project: Project): Promise<void> {
  await write(withBlobStores(['projects']), 'strict', async transaction => {
    await transaction.objectStore('projects').put(project)
    const dropped = await changeOwnedBlobs(transaction, { store: 'projects', key: [project.id] }, project)
    await keepDropped(transaction, dropped, Date.now())
  })
  announce('projects', project.id)
}
