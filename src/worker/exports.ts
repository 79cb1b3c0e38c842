import { EngineError } from '@/engine/base/errors'
import { listBlobEntries } from '@/engine/blobs/blob-entry'
import { completeState } from '@/engine/graph/default-state'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import { createBudget } from '@/engine/lm/budget'
import { endpointOf } from '@/engine/providers/registry'
import { lmStack } from '@/engine/lm/stack'
import type { Project } from '@/engine/project/project'
import { checkExport, type ExportedEngine } from '@/export/check-export'
import { exportTypeScript } from '@/export/to-typescript'
import { zipFolder } from '@/export/zip'
import { pythonRandom } from '@/lib/rng'
import { storedBlobs } from '@/storage/blobs'
import { addCall, getCall } from '@/storage/lm-calls'
import type { ExportCheck } from './api'
import { runModels } from './freeze-run'
import { chosenExamples, projectRows } from './project-rows'
import type { Services } from './services'

/** The TypeScript folder as a zip, with three rows to try it on. */
export async function zipTypeScript({ baseUrl }: Services, project: Project): Promise<Blob> {
  const rows = await projectRows(project)
  const val = rows ? chosenExamples(rows, 'val', project.split) : []
  const examples = (val.length > 0 ? val : rows ? chosenExamples(rows, 'train', project.split) : []).slice(0, 3)
  const engine = await runtimeText(baseUrl)
  const program = programOf(project)
  const blobs = await listBlobEntries(storedBlobs, program, examples)
  const files = exportTypeScript({ name: project.name, program, models: runModels(project), examples, blobs, engine })
  return new Blob([zipFolder(folderName(project.name), files)], { type: 'application/zip' })
}

/** Runs rows through the studio's engine and through the one that is exported, and compares what they send. */
export async function checkTypeScript(services: Services, project: Project, exampleIds: readonly string[]): Promise<ExportCheck> {
  const rows = await projectRows(project)
  const wanted = new Set(exampleIds)
  const examples = (rows?.examples ?? []).filter(example => wanted.has(example.id))
  const exported = (await import(/* @vite-ignore */ runtimeUrl(services.baseUrl))) as ExportedEngine // Built from engine/runtime.ts.
  const stacks = new Map<string, Lm>()
  const answer = (model: ModelSpec): Lm => {
    const known = stacks.get(model.id)
    if (known) return known
    const endpoint = endpointOf(model)
    const stack = lmStack({
      connect: services.connect(model),
      ...(endpoint !== undefined && { endpoint }),
      calls: { get: getCall, add: call => addCall(call) },
      budget: createBudget({}, services.clock),
      clock: services.clock,
      rng: pythonRandom(0),
    })
    stacks.set(model.id, stack)
    return stack
  }
  const { sandbox, clock } = services
  return {
    rows: await checkExport({
      program: programOf(project),
      models: runModels(project),
      examples,
      answer,
      engine: exported,
      sandbox,
      clock,
      blobs: storedBlobs,
    }),
  }
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
