import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import type { Project } from '@/engine/project/project'
import { exampleSetRef } from '@/engine/record/example-set'
import { freezeSpec, withRows } from '@/engine/run/plan/freeze-spec'
import { streamOf } from '@/engine/run/plan/streamed-outputs'
import { modelsOf } from '@/engine/run/plan/models-of'
import type { RunKind, RunSpec, SplitName } from '@/engine/record/spec'
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
  const [seed, concurrency] = [integerFlag(flags, 'seed'), integerFlag(flags, 'concurrency', 1)]
  const frozen = freezeSpec(project, {
    kind,
    title: `${kind} ${project.name}`,
    metric: project.metric,
    models,
    split,
    budget,
    ...(seed !== undefined && { seed }),
    ...(concurrency !== undefined && { concurrency }),
    ...errorsAllowed(flags),
    ...(optimizer && { optimizer }),
    ...(flags.stream && { stream: watchedOutputs(project, val.length) }),
  })
  return withRows(frozen, { train: exampleSetRef(train), val: exampleSetRef(val) })
}

/** Which outputs are printed as they come. Throws `params-invalid` where they would come from several rows at once. */
function watchedOutputs({ graph, run }: Project, rows: number): NonNullable<RunSpec['stream']> {
  if (rows !== 1)
    throw new EngineError(
      'params-invalid',
      `--stream prints the outputs of one row as they come, and there are ${rows}. Choose one with --limit 1.`,
    )
  return streamOf(graph, run) ?? { fields: 'all' }
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

/** `10` is a number and nothing else; `10%` is a share, beside the number that the project allows anyway. */
function errorsAllowed(flags: Flags): Partial<Pick<RunSpec, 'maxErrors' | 'maxErrorShare'>> {
  const given = flags['max-errors']?.trim()
  if (given === undefined) return {}
  const share = /^(\d{1,3}(?:\.\d+)?)\s?%$/.exec(given)?.[1]
  if (share !== undefined && Number(share) <= 100) return { maxErrorShare: Number(share) / 100 }
  const maxErrors = integerFlag(flags, 'max-errors', 1)
  return maxErrors === undefined ? {} : { maxErrors, maxErrorShare: 0 }
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
