import { errorFromJson } from '@/engine/base/errors'
import { readProject } from '@/engine/project/read-project'
import type { Project } from '@/engine/project/project'
import { announce } from './change-notices'
import { noteDamage, recordsIn } from './checked-records'
import { read, write } from './db'
import { readRecord } from './record-readers'
import { unreadable, type Unreadable } from './unreadable'
import { forgetDropped, ownBlobs, storesFor } from './blob-owners'

export interface ProjectList {
  /** The last edited first. */
  readonly projects: readonly Project[]
  readonly unreadable: readonly Unreadable[]
}

/** All projects, those that this version cannot open among them. */
export async function listProjects(): Promise<ProjectList> {
  const { good, damaged } = await read(['projects'], async transaction =>
    recordsIn(transaction).sift('projects', await transaction.objectStore('projects').getAll()),
  )
  return { projects: good.sort((a, b) => b.updatedAt - a.updatedAt), unreadable: damaged.map(unreadable) }
}

/** Undefined where there is none. Throws `project-newer` or `project-invalid` for one that cannot be opened. */
export async function getProject(id: string): Promise<Project | undefined> {
  const value: unknown = await read(['projects'], transaction => transaction.objectStore('projects').get(id))
  if (value === undefined) return undefined
  const reading = readRecord('projects', value)
  if (reading.ok) return reading.value
  noteDamage('projects', id, reading.error.message)
  throw errorFromJson(reading.error)
}

/** The record of a project as it lies in the database, for one that cannot be opened: what is in it can be kept elsewhere. */
export function rawProject(id: string): Promise<unknown> {
  return read(['projects'], transaction => transaction.objectStore('projects').get(id))
}

/**
 * Resolves when the project is on disk. Throws `storage-full` and leaves the last saved state as it was; `project-invalid` for one
 * that could not be opened again, such as one with an instruction of many megabytes.
 */
export async function putProject(project: Project): Promise<void> {
  readProject(project)
  await write(storesFor(['projects'], project), 'strict', async transaction => {
    await Promise.all([
      transaction.objectStore('projects').put(project),
      ownBlobs(transaction, { store: 'projects', key: [project.id] }, project),
    ])
  })
  await forgetDropped('projects', project)
  announce('projects', project.id)
}
