import { listBlobEntries, takeBlobs } from '@/engine/blobs/blob-entry'
import type { Masker } from '@/engine/lm/keys/mask'
import { readProjectFile } from '@/engine/project/read-project-file'
import { projectSchemaVersion, type Project, type ProjectFile } from '@/engine/project/project'
import { distinctName } from '@/lib/distinct-name'
import { newId } from '@/lib/ids'
import { addProject } from '@/storage/add-project'
import { settleBlobs, storedBlobs } from '@/storage/blobs'
import { getDataset, readRows } from '@/storage/datasets'
import { listProjects } from '@/storage/projects'
import { listVersions } from '@/storage/versions'
import type { ImportedProject } from './api'
import { systemClock } from '@/lib/system-clock'

/**
 * The project with its rows, their files and its saved versions, as one file. Runs, answers and keys stay here, also a key that somebody has typed
 * into an instruction or a row.
 */
export async function exportProject(project: Project, masker: Pick<Masker, 'value'>, { withoutFiles = false } = {}): Promise<ProjectFile> {
  const { datasetId, ...rest } = project
  const dataset = datasetId === undefined ? undefined : await getDataset(datasetId)
  const versions = await listVersions(project.id)
  const rows = dataset && (await readRows(dataset.id))
  const blobs = withoutFiles ? [] : await listBlobEntries(storedBlobs, project, versions, rows)
  const written = {
    project: dataset ? { ...rest, datasetId: dataset.id } : rest,
    ...(dataset && { dataset: { name: dataset.name, columns: dataset.columns, rows: rows ?? [] } }),
    versions: versions.toReversed(),
  }
  return {
    format: 'dspy-studio-project',
    schemaVersion: projectSchemaVersion,
    // What stays in this browser stays as it is; a file goes to others.
    ...(withoutFiles ? written : masker.value(written)),
    ...(blobs.length > 0 && { blobs }),
  }
}

/**
 * Stores what a file holds as a new project. The project, its dataset and versions get new ids, so that a file can be imported twice, and
 * the second one a name of its own; rows keep theirs, so that the splits stay as they were. All of it is stored, or nothing.
 */
export async function importProjectFile(json: unknown): Promise<ImportedProject> {
  const { file, remarks } = readProjectFile(json)
  const { refs, missing } = await takeBlobs(storedBlobs, { entries: file.blobs, values: [file.project, file.dataset, file.versions] })
  try {
    const id = await storeProject(file)
    const lost = missing.length === 0 ? [] : [`${missing.length} of its files came damaged or not at all.`]
    return { id, nodeCount: file.project.graph.nodes.length, remarks: [...remarks, ...lost] }
  } finally {
    await settleBlobs(refs)
  }
}

/** The same for a file of our own making, such as a template: only the id. */
export async function importProject(json: unknown): Promise<string> {
  return (await importProjectFile(json)).id
}

async function storeProject({ project, dataset, versions }: ProjectFile): Promise<string> {
  const now = systemClock.date()
  const id = newId('project')
  const { datasetId: _oldDataset, ...rest } = project
  const datasetId = dataset && newId('data')
  const { projects, unreadable } = await listProjects()
  const name = distinctName(
    project.name,
    [...projects, ...unreadable].map(other => other.name ?? ''),
  )
  await addProject({
    project: { ...rest, id, name, ...(datasetId && { datasetId }), createdAt: now, updatedAt: now },
    ...(dataset &&
      datasetId && {
        dataset: {
          meta: { id: datasetId, name: dataset.name, columns: dataset.columns, createdAt: now, updatedAt: now },
          rows: dataset.rows,
        },
      }),
    // The run of a version stayed behind where the file was made.
    versions: versions.map(({ runId: _runId, ...version }) => ({ ...version, id: newId('version'), projectId: id })),
  })
  return id
}
