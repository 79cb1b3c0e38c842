import { requireSound } from '@/engine/graph/require-sound'
import type { Project } from '@/engine/project/project'
import { dspyFilesOf } from '@/export/dspy-files'
import { checkPython } from '@/export/python/check-python'
import type { Wording } from '@/export/python/messages-json'
import { exportPython } from '@/export/python/to-python'
import { zipFolder } from '@/export/zip'
import { storedBlobs } from '@/storage/blobs'
import type { ExportCheck } from './api'
import { aboutCheck, folderName, programOf, runtimeText, stacksFor, type CheckedExport } from './export-tools'
import { runModels } from './freeze-run'
import { examplesById, firstOpenExamples, projectData } from './project-rows'
import type { Services } from './services'
import type { Tries } from './tries'

/** The Python package as a zip, with three rows to try it on. */
export async function zipPython({ baseUrl, keys }: Services, project: Project, wording: Wording): Promise<Blob> {
  const data = await projectData(project)
  const examples = data ? await firstOpenExamples(data, 3) : []
  const { name, metric } = project
  const program = programOf(project)
  const files = await dspyFilesOf(storedBlobs, { state: program.state, examples })
  const written = (await keys.masker()).value({ name, program, models: runModels(project), metric, examples })
  const folder = exportPython({ ...written, wording, files, rules: await runtimeText(baseUrl, 'rules.js') })
  return new Blob([zipFolder(folderName(written.name), folder)], { type: 'application/zip' })
}

/** Runs rows through the studio's engine, and compares what it sends with what the texts of the Python package make. */
export async function checkPythonExport(
  services: Services,
  tries: Tries,
  { project, exampleIds, tryId }: CheckedExport,
): Promise<ExportCheck> {
  requireSound(project.graph)
  const data = await projectData(project)
  const examples = data ? await examplesById(data, exampleIds) : []
  const { runner, clock } = services
  return tries.make(aboutCheck(project, tryId, examples.length), async scope => {
    const answer = await stacksFor(services, project, scope)
    const options = { program: programOf(project), models: runModels(project), examples, answer, runner, clock, blobs: storedBlobs }
    return { rows: await checkPython({ ...options, signal: scope.signal }) }
  })
}
