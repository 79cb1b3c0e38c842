import { EngineError } from '@/engine/base/errors'
import { completeState } from '@/engine/graph/default-state'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import { createBudget } from '@/engine/lm/sending/budget'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { createRunFacts, factsAbout } from '@/engine/run/plan/run-facts'
import { callKeysVersion } from '@/engine/record/spec'
import { createTally } from '@/engine/run/recording/tally'
import { noTotals } from '@/engine/record/totals'
import { stacksOf } from '@/engine/run/work/stacks'
import type { Project } from '@/engine/project/project'
import { addCall, getCall } from '@/storage/lm-calls'
import { addModelFacts, listModelFacts } from '@/storage/model-facts'
import type { TryId } from '@/storage/records'
import { runModels } from './freeze-run'
import type { Services } from './services'
import type { TryScope } from './tries'

export interface CheckedExport {
  readonly project: Project
  readonly exampleIds: readonly string[]
  readonly tryId: TryId
}

export function aboutCheck(project: Project, id: TryId, count: number) {
  return { id, project, kind: 'check', title: `Export, on ${count === 1 ? '1 row' : `${count} rows`}` } as const
}

/** The stacks of a run that is none: same cache, caps and count. */
export async function stacksFor({ connect, clock }: Services, project: Project, scope: TryScope): Promise<(model: ModelSpec) => Lm> {
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

export function programOf({ graph, state }: Project) {
  return { graph, state: completeState(graph, state) }
}

type RuntimeFile = 'engine.js' | 'sandbox.js' | 'rules.js'

export function runtimeUrl(baseUrl: string, file: RuntimeFile): string {
  return new URL(`runtime/${file}`, baseUrl).href
}

export async function runtimeText(baseUrl: string, file: RuntimeFile): Promise<string> {
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

export function folderName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || 'program'
  )
}
