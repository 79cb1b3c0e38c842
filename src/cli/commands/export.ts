import { listBlobEntries } from '@/engine/blobs/blob-entry'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EngineError } from '@/engine/base/errors'
import { runsModelCode } from '@/engine/graph/runs-model-code'
import { checkSources } from '@/export/check-sources'
import { dspyFilesOf } from '@/export/dspy-files'
import { dspyRemarks } from '@/export/export-remarks'
import { keptDspyText } from '@/export/kept-dspy-file'
import { dspyStateText } from '@/export/to-dspy-json'
import { exportTypeScript } from '@/export/to-typescript'
import type { ExportedFile } from '@/export/zip'
import { requireFlag } from '../headless/arguments'
import { createThreadRunner } from '../headless/thread-runner'
import type { Command } from '../headless/console'
import { examplesOf, loadExamples, loadProject } from '../headless/load-project'
import { runModels } from '../headless/models'

/** Writes a project as a TypeScript folder or as DSPy's state file. */
export const exportProject: Command = async (flags, output) => {
  const out = requireFlag(flags, 'out')
  const target = requireFlag(flags, 'to')
  const blobs = memoryBlobs()
  const file = await loadProject(flags, blobs, output)
  const { project } = file
  let files: readonly ExportedFile[]
  if (target === 'dspy-json') {
    const models = Object.fromEntries(project.models.map(model => [model.id, model]))
    const kept = await keptDspyText(blobs, project)
    files = [{ path: 'state.json', text: kept ?? dspyStateText(project, models, await dspyFilesOf(blobs, project.state)) }]
    for (const remark of dspyRemarks(project, models, project.metric)) output.complain(remark)
  } else if (target === 'typescript') {
    const rows = file.dataset || flags.data ? await loadExamples(file, flags.data, flags, { blobs, output }) : []
    const val = examplesOf(rows, 'val', project)
    const examples = (val.length > 0 ? val : rows).slice(0, 3)
    const built = (name: string): Promise<string> => readFile(new URL(`../../../public/runtime/${name}`, import.meta.url), 'utf8')
    const models = runModels(project, flags)
    const { name, metric } = project
    const program = { graph: project.graph, state: project.state }
    const runner = createThreadRunner()
    await checkSources(program.graph, runner).finally(() => runner.dispose())
    const entries = await listBlobEntries(blobs, program, examples)
    const engine = await built('engine.js')
    const sandbox = runsModelCode(program.graph) ? { sandbox: await built('sandbox.js') } : {}
    files = exportTypeScript({ name, program, models, metric, examples, blobs: entries, engine, ...sandbox })
  } else {
    throw new EngineError('params-invalid', `--to must be typescript or dspy-json, not "${target}".`)
  }
  for (const { path, text } of files) {
    await mkdir(dirname(join(out, path)), { recursive: true })
    await writeFile(join(out, path), text)
  }
  output.print(
    flags.json
      ? JSON.stringify({ out, files: files.map(one => one.path) })
      : `Wrote ${files.length === 1 ? '1 file' : `${files.length} files`} to ${out}.`,
  )
  return 0
}
