import { announce } from './change-notices'
import { write } from './db'
import { belongingTo } from './key-ranges'
import { removeRun, removeUnusedExampleSets } from './runs'
import { disownBlobs, withBlobStores } from './blob-owners'
import { deleteChunks } from './datasets'

/** Deletes a project with everything it owns: versions, runs, tries, and its dataset unless another project uses it. Answers stay cached. */
export async function deleteProject(id: string): Promise<void> {
  await write(
    withBlobStores([
      'projects',
      'versions',
      'datasets',
      'datasetChunks',
      'exampleSets',
      'runs',
      'runEvents',
      'rollouts',
      'runCalls',
      'runSpending',
      'importedCalls',
      'tries',
    ]),
    'strict',
    async transaction => {
      const projects = transaction.objectStore('projects')
      const project = await projects.get(id)
      await projects.delete(id)
      await disownBlobs(transaction, { store: 'projects', key: [id] })
      for (const key of await transaction.objectStore('versions').index('byProject').getAllKeys(belongingTo(id))) {
        await transaction.objectStore('versions').delete(key)
        await disownBlobs(transaction, { store: 'versions', key: [key] })
      }
      for (const runId of await transaction.objectStore('runs').index('byProject').getAllKeys(belongingTo(id))) {
        await removeRun(transaction, runId)
      }
      for (const key of await transaction.objectStore('tries').index('byProject').getAllKeys(belongingTo(id))) {
        await transaction.objectStore('tries').delete(key)
      }
      await removeUnusedExampleSets(transaction)
      // The record may be one that this version cannot read, as those of others may.
      const datasetId: unknown = project?.datasetId
      if (typeof datasetId !== 'string') return
      const others = await projects.getAll()
      if (others.some(other => other.datasetId === datasetId)) return
      await transaction.objectStore('datasets').delete(datasetId)
      await deleteChunks(transaction, datasetId)
    },
  )
  announce('projects', id)
}
