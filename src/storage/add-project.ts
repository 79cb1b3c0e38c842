import type { DataRow, DatasetMeta, Project, StateVersion } from '@/engine/project/project'
import { readProject } from '@/engine/project/read-project'
import { ownBlobs, storesFor } from './blob-owners'
import { announce } from './change-notices'
import { cutRows } from './chunks'
import { write } from './db'

export interface AddedProject {
  readonly project: Project
  readonly dataset?: { readonly meta: Omit<DatasetMeta, 'rowCount'>; readonly rows: readonly DataRow[] }
  readonly versions: readonly StateVersion[]
}

/** Stores a project that came from a file, with its rows and versions, in one transaction: all of it or nothing. */
export async function addProject({ project, dataset, versions }: AddedProject): Promise<void> {
  readProject(project)
  const chunks = dataset ? cutRows(dataset.rows) : []
  const stores = storesFor(['projects', 'versions', 'datasets', 'datasetChunks'], project, versions, chunks)
  await write(stores, 'strict', async transaction => {
    await transaction.objectStore('projects').add(project)
    await ownBlobs(transaction, { store: 'projects', key: [project.id] }, project)
    for (const version of versions) {
      await transaction.objectStore('versions').add(version)
      await ownBlobs(transaction, { store: 'versions', key: [version.id] }, version)
    }
    if (!dataset) return
    const { meta, rows } = dataset
    for (const [index, chunk] of chunks.entries()) {
      await transaction.objectStore('datasetChunks').add({ datasetId: meta.id, index, rows: chunk })
      await ownBlobs(transaction, { store: 'datasetChunks', key: [meta.id, index] }, chunk)
    }
    await transaction.objectStore('datasets').add({ ...meta, rowCount: rows.length, chunkSizes: chunks.map(({ length }) => length) })
  })
  if (dataset) announce('datasets', dataset.meta.id)
  announce('projects', project.id)
}
