import { listBlobEntries } from '@/engine/blobs/blob-entry'
import { requireSound } from '@/engine/graph/require-sound'
import { runsModelCode } from '@/engine/graph/runs-model-code'
import type { Project } from '@/engine/project/project'
import { checkExport, type ExportedEngine } from '@/export/check-export'
import { checkSources } from '@/export/check-sources'
import { exportTypeScript } from '@/export/to-typescript'
import { zipFolder } from '@/export/zip'
import { storedBlobs } from '@/storage/blobs'
import type { ExportCheck } from './api'
import { aboutCheck, folderName, programOf, runtimeText, runtimeUrl, stacksFor, type CheckedExport } from './export-tools'
import { runModels } from './freeze-run'
import { examplesById, firstOpenExamples, projectData } from './project-rows'
import type { Services } from './services'
import type { Tries } from './tries'

// Loaded with the others: what they share would go into what every run loads.
export { checkPythonExport, zipPython } from './python-export'

/** The TypeScript folder as a zip, with three rows to try it on. */
export async function zipTypeScript({ baseUrl, keys, runner }: Services, project: Project): Promise<Blob> {
  const data = await projectData(project)
  const examples = data ? await firstOpenExamples(data, 3) : []
  const engine = await runtimeText(baseUrl, 'engine.js')
  const { name, metric } = project
  const program = programOf(project)
  const blobs = await listBlobEntries(storedBlobs, program, examples)
  const written = (await keys.masker()).value({ name, program, models: runModels(project), metric, examples })
  // As it is written: a key that was taken out of code may leave code that does not compile.
  await checkSources(written.program.graph, runner)
  const sandbox = runsModelCode(program.graph) ? { sandbox: await runtimeText(baseUrl, 'sandbox.js') } : {}
  const files = exportTypeScript({ ...written, blobs, engine, ...sandbox })
  return new Blob([zipFolder(folderName(written.name), files)], { type: 'application/zip' })
}

/** Runs rows through the studio's engine and through the one that is exported, and compares what they send. */
export async function checkTypeScript(
  services: Services,
  tries: Tries,
  { project, exampleIds, tryId }: CheckedExport,
): Promise<ExportCheck> {
  requireSound(project.graph)
  const data = await projectData(project)
  const examples = data ? await examplesById(data, exampleIds) : []
  const engine = (await import(/* @vite-ignore */ runtimeUrl(services.baseUrl, 'engine.js'))) as ExportedEngine // Built from engine/runtime.ts.
  const models = runModels(project)
  const { runner, clock } = services
  return tries.make(aboutCheck(project, tryId, examples.length), async scope => {
    const answer = await stacksFor(services, project, scope)
    const { signal } = scope
    const options = { program: programOf(project), models, examples, answer, engine, runner, clock, signal, blobs: storedBlobs }
    return { rows: await checkExport(options) }
  })
}
