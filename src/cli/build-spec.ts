import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import { completeState } from '@/engine/graph/default-state'
import type { Project } from '@/engine/project/project'
import { modelsOf } from '@/engine/run/plan/models-of'
import type { RunKind, RunSpec, SplitName } from '@/engine/record/spec'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import type { JsonObject } from '@/lib/json'
import { integerFlag, numberFlag, type Flags } from './arguments'
import { runModels } from './models'

export interface SpecParts {
  readonly project: Project
  readonly flags: Flags
  readonly kind: RunKind
  readonly split: SplitName
  readonly train: readonly Example[]
  readonly val: readonly Example[]
  readonly optimizer?: { readonly id: string; readonly params: JsonObject }
}

export const engineVersion = '0.1.0'

/** Freezes everything that decides what a headless run does. */
export function buildSpec({ project, flags, kind, split, train, val, optimizer }: SpecParts): RunSpec {
  if (val.length === 0)
    throw new EngineError(
      'data-invalid',
      `There are no rows to score in ${split === 'all' ? 'the data' : `the ${split} split`}. Choose another --split, or give more data.`,
    )
  if (kind === 'compile' && train.length === 0)
    throw new EngineError('data-invalid', 'There are no rows to learn from: the train split is empty. Give data with --data.')
  const models = runModels(project, flags)
  const budget = budgetOf(project, flags)
  checkPrices(models, budget)
  return {
    schemaVersion: 1,
    engineVersion,
    kind,
    title: `${kind} ${project.name}`,
    graph: project.graph,
    state: completeState(project.graph, project.state),
    metric: project.metric,
    models,
    data: { split, train: setRef(train), val: setRef(val) },
    seed: integerFlag(flags, 'seed') ?? project.run.seed,
    concurrency: integerFlag(flags, 'concurrency', 1) ?? project.run.concurrency,
    maxErrors: integerFlag(flags, 'max-errors', 1) ?? project.run.maxErrors,
    budget,
    callKeys: { version: 2 },
    ...(optimizer && { optimizer }),
  }
}

/** Calls of a model without a price cost nothing that anybody could count, so a cap on money would never be reached. */
function checkPrices(models: RunSpec['models'], { maxCost }: RunSpec['budget']): void {
  if (maxCost === undefined) return
  const unpriced = modelsOf(models).find(model => model.price === undefined)
  if (unpriced)
    throw new EngineError(
      'params-invalid',
      `A cap on money needs prices, and the price of "${unpriced.model}" is unknown. Give it with --price IN,OUT, or cap calls or tokens instead.`,
    )
}

function budgetOf(project: Project, flags: Flags): RunSpec['budget'] {
  const maxCalls = integerFlag(flags, 'max-calls', 1)
  const maxTokens = integerFlag(flags, 'max-tokens-total', 1)
  const maxCost = numberFlag(flags, 'max-cost')
  const maxSeconds = numberFlag(flags, 'max-seconds')
  return {
    ...project.run.budget,
    ...(maxCalls !== undefined && { maxCalls }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(maxCost !== undefined && { maxCost }),
    ...(maxSeconds !== undefined && { maxMs: maxSeconds * 1000 }),
  }
}

function setRef(examples: readonly Example[]) {
  return { hash: sha256Hex(canonicalJson(examples)), count: examples.length }
}
