import type { ExampleId } from '@/engine/base/example'
import { splitOf } from '@/engine/data/split'
import type { Project, ProjectFile } from '@/engine/project/project'
import type { Wording } from '@/export/python/messages-json'
import { readRows } from '@/storage/datasets'
import type { TryId } from '@/storage/records'
import type { ExportCheck } from '@/worker/api'
import { downloadNamed } from '../session/download'
import { exportDspy } from './dspy-export'
import { engine } from '../session/engine-client'
import { notifyError } from '../session/notices'
import { currentProject } from '../document/project-store'

/** How many rows the studio runs through the exported code before it hands it out. */
export const checkedRowCount = 3

/** The project's own file: all of it but runs, caches and keys. */
export async function exportProjectFile(): Promise<void> {
  const project = currentProject()
  try {
    const file = await engine().exportProject(project)
    await downloadNamed(new Blob(projectText(file), { type: 'application/json' }), project.name, '.dspy-studio.json')
  } catch (error) {
    notifyError('The project could not be exported', error)
  }
}

/** In pieces: with its images, a project may be a longer text than a browser can hold. */
function projectText({ blobs = [], ...file }: ProjectFile): string[] {
  const text = JSON.stringify(file, undefined, 2)
  if (blobs.length === 0) return [text, '\n']
  const entries = blobs.flatMap((entry, index) => [index === 0 ? '\n    ' : ',\n    ', JSON.stringify(entry)])
  return [text.slice(0, text.lastIndexOf('\n}')), ',\n  "blobs": [', ...entries, '\n  ]\n}\n']
}

/** The learned state in the shape that Python's `program.load` reads. */
export function exportDspyJson(): Promise<void> {
  const { name, graph, state } = currentProject()
  return exportDspy(name, { graph, state })
}

/** The zip with the TypeScript folder. Throws when the program cannot be exported. */
export async function exportTypeScript(): Promise<void> {
  const project = currentProject()
  await downloadNamed(await engine().exportTypeScript(project), project.name, '-typescript.zip')
}

/** Downloads the zip with the Python package. Throws when the program cannot be exported. */
export async function exportPython(wording: Wording): Promise<void> {
  const project = currentProject()
  await downloadNamed(await engine().exportPython(project, wording), project.name, '-python.zip')
}

/** Runs the first rows, and compares every request with what the texts of the Python package make. */
export async function checkPython(tryId: TryId): Promise<ExportCheck> {
  const project = currentProject()
  return engine().checkPython(project, await checkedRowIds(project), tryId)
}

/** Runs the first rows through the exported code path and compares every request with the studio's. */
export async function checkExport(tryId: TryId, project: Project = currentProject()): Promise<ExportCheck> {
  return engine().checkExport(project, await checkedRowIds(project), tryId)
}

/** The first rows that are not sealed: the check shows what it sends, and a row that was looked at tests nothing any more. */
async function checkedRowIds({ datasetId, split }: Project): Promise<readonly ExampleId[]> {
  if (datasetId === undefined) return []
  const rows = await readRows(datasetId, { start: 0, count: lookedAt })
  return rows
    .map(row => row.id)
    .filter(id => splitOf(id, split) !== 'test')
    .slice(0, checkedRowCount)
}
const lookedAt = 200
