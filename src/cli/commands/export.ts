import { listBlobEntries } from '@/engine/blobs/blob-entry'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import { completeState } from '@/engine/graph/default-state'
import { runsModelCode } from '@/engine/graph/runs-model-code'
import type { ProjectFile } from '@/engine/project/project'
import { checkSources } from '@/export/check-sources'
import { dspyFilesOf } from '@/export/dspy-files'
import { dspyRemarks } from '@/export/export-remarks'
import { keptDspyText } from '@/export/kept-dspy-file'
import { dspyStateText } from '@/export/to-dspy-json'
import { exportPython } from '@/export/python/to-python'
import type { Wording } from '@/export/python/messages-json'
import { pythonRemarks } from '@/export/python/python-remarks'
import { exportTypeScript } from '@/export/to-typescript'
import type { ExportedFile } from '@/export/zip'
import { requireFlag, type Flags } from '../headless/arguments'
import { createThreadRunner } from '../headless/thread-runner'
import type { Command } from '../headless/console'
import { examplesOf, loadExamples, loadProject } from '../headless/load-project'
import { runModels } from '../headless/models'

/** Writes a project as a TypeScript folder, a Python package or DSPy's state file. */
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
    const examples = await exampleRows(file, flags, { blobs, output })
    const models = runModels(project, flags)
    const { name, metric } = project
    const program = { graph: project.graph, state: project.state }
    const runner = createThreadRunner()
    await checkSources(program.graph, runner).finally(() => runner.dispose())
    const entries = await listBlobEntries(blobs, program, examples)
    const engine = await builtText('engine.js')
    const sandbox = runsModelCode(program.graph) ? { sandbox: await builtText('sandbox.js') } : {}
    files = exportTypeScript({ name, program, models, metric, examples, blobs: entries, engine, ...sandbox })
  } else if (target === 'python') {
    const { name, metric } = project
    const wording = wordingOf(flags['wording'])
    const program = { graph: project.graph, state: completeState(project.graph, project.state) }
    const asked = { program, models: runModels(project, flags), metric, wording }
    const examples = await exampleRows(file, flags, { blobs, output })
    files = exportPython({
      ...asked,
      name,
      examples,
      files: await dspyFilesOf(blobs, { state: project.state, examples }),
      rules: await builtText('rules.js'),
    })
    for (const remark of pythonRemarks(asked)) output.complain(remark)
  } else {
    throw new EngineError('params-invalid', `--to must be typescript, python or dspy-json, not "${target}".`)
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

/** Three rows to try the folder on. */
async function exampleRows(file: ProjectFile, flags: Flags, at: Parameters<typeof loadExamples>[3]): Promise<readonly Example[]> {
  const rows = file.dataset || flags.data ? await loadExamples(file, flags.data, flags, at) : []
  const val = examplesOf(rows, 'val', file.project)
  return (val.length > 0 ? val : rows).slice(0, 3)
}

function builtText(name: string): Promise<string> {
  return readFile(new URL(`../../../public/runtime/${name}`, import.meta.url), 'utf8')
}

function wordingOf(flag: string | undefined): Wording {
  if (flag === undefined || flag === 'studio') return 'studio'
  if (flag === 'dspy') return 'dspy'
  throw new EngineError('params-invalid', `--wording must be studio or dspy, not "${flag}".`)
}
