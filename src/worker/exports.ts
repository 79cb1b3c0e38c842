import { EngineError } from '@/engine/base/errors'
import { completeState } from '@/engine/graph/default-state'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import { createBudget } from '@/engine/lm/budget'
import type { StoredCall } from '@/engine/lm/call-store'
import { createRunFacts, factsAbout } from '@/engine/run/plan/run-facts'
import { createTally, noTotals } from '@/engine/run/recording/tally'
import { stacksOf } from '@/engine/run/stacks'
import type { Project } from '@/engine/project/project'
import { checkExport, type ExportedEngine } from '@/export/check-export'
import { exportTypeScript } from '@/export/to-typescript'
import { zipFolder } from '@/export/zip'
import { addCall, getCall } from '@/storage/lm-calls'
import { addModelFacts, listModelFacts } from '@/storage/model-facts'
import type { TryId } from '@/storage/records'
import type { ExportCheck } from './api'
import { runModels } from './freeze-run'
import { examplesById, firstOpenExamples, projectData } from './project-rows'
import type { Services } from './services'
import type { Tries, TryScope } from './tries'

/** The TypeScript folder as a zip, with three rows to try it on. */
export async function zipTypeScript({ baseUrl }: Services, project: Project): Promise<Blob> {
  const data = await projectData(project)
  const examples = data ? await firstOpenExamples(data, 3) : []
  const engine = await runtimeText(baseUrl)
  const { name, metric } = project
  const files = exportTypeScript({ name, program: programOf(project), models: runModels(project), metric, examples, engine })
  return new Blob([zipFolder(folderName(project.name), files)], { type: 'application/zip' })
}

/** Runs rows through the studio's engine and through the one that is exported, and compares what they send. */
export async function checkTypeScript(
  services: Services,
  tries: Tries,
  { project, exampleIds, tryId }: { readonly project: Project; readonly exampleIds: readonly string[]; readonly tryId: TryId },
): Promise<ExportCheck> {
  const data = await projectData(project)
  const examples = data ? await examplesById(data, exampleIds) : []
  const engine = (await import(/* @vite-ignore */ runtimeUrl(services.baseUrl))) as ExportedEngine // Built from engine/runtime.ts.
  const models = runModels(project)
  const { sandbox, clock } = services
  const about = {
    id: tryId,
    project,
    kind: 'check',
    title: `Export, on ${examples.length === 1 ? '1 row' : `${examples.length} rows`}`,
  } as const
  return tries.make(about, async scope => {
    const answer = await stacksFor(services, project, scope)
    const { signal } = scope
    return { rows: await checkExport({ program: programOf(project), models, examples, answer, engine, sandbox, clock, signal }) }
  })
}

/** The stacks of a run that is none: same cache, caps and count. */
async function stacksFor({ connect, clock }: Services, project: Project, scope: TryScope): Promise<(model: ModelSpec) => Lm> {
  const facts = factsAbout(runModels(project), await listModelFacts())
  const budget = createBudget(scope.budget, clock)
  const tally = createTally(noTotals, () => budget.spent)
  const calls = { get: getCall, add: (call: StoredCall) => addCall(call) }
  return stacksOf(
    { seed: project.run.seed, callKeys: { version: 2 } },
    { clock, calls, connect, noteSpend: scope.noteSpend },
    {
      budget,
      facts: createRunFacts({ facts, callKeys: { version: 2 } }, [], learned => void addModelFacts([learned]).catch(() => undefined)),
      onEnd(end) {
        tally.request(end)
        scope.note(tally.totals())
      },
    },
  )
}

function programOf({ graph, state }: Project) {
  return { graph, state: completeState(graph, state) }
}

function runtimeUrl(baseUrl: string): string {
  return new URL('runtime/engine.js', baseUrl).href
}

async function runtimeText(baseUrl: string): Promise<string> {
  const response = await fetch(runtimeUrl(baseUrl))
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
