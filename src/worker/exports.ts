import { EngineError } from '@/engine/base/errors'
import { listBlobEntries } from '@/engine/blobs/blob-entry'
import { completeState } from '@/engine/graph/default-state'
import { requireSound } from '@/engine/graph/require-sound'
import { runsModelCode } from '@/engine/graph/runs-model-code'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import { createBudget } from '@/engine/lm/sending/budget'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { createRunFacts, factsAbout } from '@/engine/run/plan/run-facts'
import { callKeysVersion } from '@/engine/record/spec'
import { createTally } from '@/engine/run/recording/tally'
import { noTotals } from '@/engine/record/totals'
import { stacksOf } from '@/engine/run/work/stacks'
import type { Project } from '@/engine/project/project'
import { checkExport, type ExportedEngine } from '@/export/check-export'
import { checkSources } from '@/export/check-sources'
import { dspyFilesOf } from '@/export/dspy-files'
import { checkPython } from '@/export/python/check-python'
import type { Wording } from '@/export/python/messages-json'
import { exportPython } from '@/export/to-python'
import { exportTypeScript } from '@/export/to-typescript'
import { zipFolder } from '@/export/zip'
import { storedBlobs } from '@/storage/blobs'
import { addCall, getCall } from '@/storage/lm-calls'
import { addModelFacts, listModelFacts } from '@/storage/model-facts'
import type { TryId } from '@/storage/records'
import type { ExportCheck } from './api'
import { runModels } from './freeze-run'
import { examplesById, firstOpenExamples, projectData } from './project-rows'
import type { Services } from './services'
import type { Tries, TryScope } from './tries'

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

interface CheckedExport {
  readonly project: Project
  readonly exampleIds: readonly string[]
  readonly tryId: TryId
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

function aboutCheck(project: Project, id: TryId, count: number) {
  return { id, project, kind: 'check', title: `Export, on ${count === 1 ? '1 row' : `${count} rows`}` } as const
}

/** The stacks of a run that is none: same cache, caps and count. */
async function stacksFor({ connect, clock }: Services, project: Project, scope: TryScope): Promise<(model: ModelSpec) => Lm> {
  const facts = factsAbout(runModels(project), await listModelFacts())
  const callKeys = { version: callKeysVersion } as const
  const budget = createBudget(scope.budget, clock)
  const tally = createTally(noTotals, () => budget.spent)
  scope.countBy(tally.totals)
  const calls = { get: getCall, add: (call: StoredCall) => addCall(call) }
  return stacksOf(
    { seed: project.run.seed, callKeys },
    { clock, calls, connect, noteSpend: scope.noteSpend },
    {
      budget,
      facts: createRunFacts({ facts, callKeys }, [], learned => void addModelFacts([learned]).catch(() => undefined)),
      onEnd: tally.request,
    },
  )
}

function programOf({ graph, state }: Project) {
  return { graph, state: completeState(graph, state) }
}

type RuntimeFile = 'engine.js' | 'sandbox.js' | 'rules.js'

function runtimeUrl(baseUrl: string, file: RuntimeFile): string {
  return new URL(`runtime/${file}`, baseUrl).href
}

async function runtimeText(baseUrl: string, file: RuntimeFile): Promise<string> {
  const response = await fetch(runtimeUrl(baseUrl, file))
  const text = response.ok ? await response.text() : ''
  // A server that answers every address with the start page gives HTML here.
  if (text === '' || text.trimStart().startsWith('<')) {
    throw new EngineError('not-found', 'The exported engine is missing from this installation. Build DSPy Studio again (npm run build).', {
      status: response.status,
    })
  }
  return text
}

function folderName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'program'
  )
}
