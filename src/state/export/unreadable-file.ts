import { getDataset, readRows } from '@/storage/datasets'
import { rawProject } from '@/storage/projects'
import type { Unreadable } from '@/storage/unreadable'
import { listVersions } from '@/storage/versions'
import { isJsonObject } from '@/lib/json'
import { downloadNamed } from '../session/download'
import { engine } from '../session/engine-client'
import { notifyError } from '../session/notices'

/**
 * A project that this version cannot open, as a project file: its record as it lies there, with the rows and versions that can be read.
 * The version that made it can import the file.
 */
export async function downloadUnreadable({ id, name = id }: Unreadable): Promise<void> {
  try {
    const project = await rawProject(id)
    const { datasetId, schemaVersion } = isJsonObject(project) ? project : {}
    // What of the rows cannot be read either is left out.
    const meta = typeof datasetId === 'string' ? await getDataset(datasetId).catch(() => undefined) : undefined
    const dataset = meta && { name: meta.name, columns: meta.columns, rows: await readRows(meta.id) }
    const versions = (await listVersions(id)).toReversed()
    const file = { format: 'dspy-studio-project', schemaVersion, project, ...(dataset && { dataset }), versions }
    const written = JSON.stringify(await engine().withoutKeys(file))
    await downloadNamed(new Blob([`${written}\n`], { type: 'application/json' }), name, '.dspy-studio.json')
  } catch (error) {
    notifyError('The project could not be downloaded', error)
  }
}
