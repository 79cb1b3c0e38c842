import { parseProjectFile } from '@/engine/project/read-project'
import { projectSchemaVersion, type Project, type ProjectFile } from '@/engine/project/project'
import { newId } from '@/lib/ids'
import { deleteDataset, getDataset, putDataset, readRows } from '@/storage/datasets'
import { putProject } from '@/storage/projects'
import { listVersions, putVersion } from '@/storage/versions'

/** The project with its rows and its saved versions, as one file. Runs, answers and keys stay here. */
export async function exportProject(project: Project): Promise<ProjectFile> {
  const { datasetId, ...rest } = project
  const dataset = datasetId === undefined ? undefined : await getDataset(datasetId)
  const versions = await listVersions(project.id)
  return {
    format: 'dspy-studio-project',
    schemaVersion: projectSchemaVersion,
    project: dataset ? { ...rest, datasetId: dataset.id } : rest,
    ...(dataset && { dataset: { name: dataset.name, columns: dataset.columns, rows: await readRows(dataset.id) } }),
    versions: versions.toReversed(),
  }
}

/**
 * Stores what a file holds as a new project and returns its id. The project, its dataset and versions get new ids, so that a file
 * can be imported twice; rows keep theirs, so that the splits stay as they were.
 */
export async function importProject(json: unknown): Promise<string> {
  const { project, dataset, versions } = parseProjectFile(json)
  const now = Date.now()
  const id = newId('project')
  const { datasetId: _oldDataset, ...rest } = project
  const datasetId = dataset && newId('data')
  if (dataset && datasetId) {
    await putDataset({ id: datasetId, name: dataset.name, columns: dataset.columns, createdAt: now, updatedAt: now }, dataset.rows)
  }
  try {
    for (const version of versions) {
      // The run stayed behind where the file was made.
      const { runId: _runId, ...kept } = version
      await putVersion({ ...kept, id: newId('version'), projectId: id })
    }
    await putProject({ ...rest, id, ...(datasetId && { datasetId }), createdAt: now, updatedAt: now, reveals: project.reveals })
  } catch (error) {
    if (datasetId) await deleteDataset(datasetId)
    throw error
  }
  return id
}
