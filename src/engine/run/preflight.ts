import { adapterFor } from '../adapters/registry'
import type { Example } from '../data/example'
import { EngineError } from '../errors'
import { checkGraph } from '../graph/check'
import { callsOfRun, predictorsOf } from '../graph/predictors'
import { costOf } from '../lm/budget'
import { providerKind } from '../lm/providers/registry'
import { estimatePromptTokens } from '../lm/usage'
import { optimizerOf, sizesOf } from './estimate'
import type { ModelRole } from './events'
import { modelById } from './models-of'
import type { RunModels, RunSpec } from './spec'

export interface RunData {
  readonly train: readonly Example[]
  /** Rows to choose by; for an evaluation the rows to evaluate, for a row run the row. */
  readonly val: readonly Example[]
}

/**
 * Everything that can be known to go wrong before the first request. Throws `graph-invalid` (facts: node, field), `data-invalid`,
 * `params-invalid`, or `not-found` for a step whose model is gone.
 */
export function checkRun(spec: Omit<RunSpec, 'data'>, data: RunData): void {
  const problem = checkGraph(spec.graph).find(({ severity }) => severity === 'error')
  if (problem) {
    const { node, field, edge, message } = problem
    throw new EngineError('graph-invalid', message, { ...(node && { node }), ...(field && { field }), ...(edge && { edge }) })
  }
  for (const { id } of predictorsOf(spec.graph)) {
    const { lm, nearest } = spec.state[id] ?? {}
    for (const named of [lm, nearest?.embedder]) if (named !== undefined) modelById(spec.models, named)
  }
  if (data.train.length === 0 && data.val.length === 0)
    throw new EngineError('data-invalid', 'There is no row to run on. Add rows in Data, or change the split.')
  if (spec.kind === 'compile') checkCompile(spec, data)
  else if (spec.kind === 'evaluate' && spec.metric === undefined)
    throw new EngineError('params-invalid', 'An evaluation needs a metric. Choose one.')
}

function checkCompile(spec: Omit<RunSpec, 'data'>, { train, val }: RunData): void {
  const chosen = optimizerOf(spec.optimizer)
  const { optimizer, params } = chosen
  if (spec.metric === undefined)
    throw new EngineError('params-invalid', 'A compile needs a metric: it decides which candidate is better. Choose one.')
  const { needs } = optimizer
  if (train.length < needs.trainset) throw tooFew(optimizer.title, needs.trainset, 'train', train.length)
  if (val.length < needs.valset) throw tooFew(optimizer.title, needs.valset, 'val', val.length)
  const sizes = sizesOf(chosen, { graph: spec.graph, train: train.length, val: val.length })
  const problem = optimizer.problem?.(params, sizes) ?? missingRole(optimizer.roles(params), spec.models)
  if (problem) throw new EngineError('params-invalid', problem, { path: 'optimizer' })
}

/** Of the roles an optimizer asks, only this one has no model to stand in for it. */
function missingRole(roles: readonly ModelRole[], { embedding }: RunModels): string | undefined {
  if (!roles.includes('embedding')) return undefined
  if (embedding === undefined)
    return 'Likeness by embeddings needs an embedding model: choose one in Models, or set the vectorizer to "lexical".'
  const { title, traits } = providerKind(embedding.provider)
  if (traits.embeds) return undefined
  return `The ${title} makes no embeddings: choose an embedding model at an endpoint in Models, or set the vectorizer to "lexical".`
}

function tooFew(title: string, needed: number, split: string, got: number): EngineError {
  const rows = needed === 1 ? '1 row' : `${needed} rows`
  return new EngineError(
    'data-invalid',
    `${title} needs at least ${rows} in the ${split} split; there ${got === 1 ? 'is' : 'are'} ${got}. Add rows or change the split.`,
    { split, needed, got },
  )
}

/**
 * A compile whose caps cannot pay the baseline and one full evaluation would spend them for nothing; an evaluation needs one.
 * Calls are counted exactly; tokens and money by the least they can be: prompts with empty inputs, and no answer.
 * Throws `budget-too-small` with the numbers.
 */
export function checkBudget(spec: RunSpec, data: RunData): void {
  if (spec.kind === 'row') return
  const rows = data.val.length || data.train.length
  const runs = rows * (spec.kind === 'compile' ? 2 : 1)
  const least = leastOfOneRun(spec)
  const { maxCalls, maxTokens, maxCost } = spec.budget
  const caps: readonly (readonly [cap: number | undefined, needed: number, show: (amount: number) => string])[] = [
    [maxCalls, runs * least.calls, amount => `${amount} LM calls`],
    [maxTokens, runs * least.tokens, amount => `at least ${amount} tokens`],
    [maxCost, runs * least.cost, amount => `at least $${amount.toPrecision(2)}`],
  ]
  for (const [cap, needed, show] of caps) {
    if (cap === undefined || cap >= needed) continue
    const what = spec.kind === 'compile' ? `The baseline and one full evaluation (${rows} rows each) take` : `Evaluating ${rows} rows takes`
    const short = show(cap).replace('at least ', '')
    throw new EngineError('budget-too-small', `${what} ${show(needed)}, but the cap is ${short}. Raise the cap or use fewer rows.`, {
      needed,
      cap,
      rows,
    })
  }
}

function leastOfOneRun(spec: RunSpec): { readonly calls: number; readonly tokens: number; readonly cost: number } {
  const predictors = predictorsOf(spec.graph)
  let tokens = 0
  let cost = 0
  for (const predictor of predictors) {
    const own = spec.state[predictor.id]
    const model = (own?.lm !== undefined && spec.models.overrides[own.lm]) || spec.models.task
    const signature = predictor.signature(spec.state)
    const blank = Object.fromEntries(signature.fields.filter(field => field.role === 'input').map(field => [field.name, '']))
    const prompt = estimatePromptTokens({
      model: model.model,
      messages: adapterFor(predictor.graph, predictor.node).format(signature, [], blank),
      settings: {},
    })
    tokens += prompt
    cost += model.price ? costOf(model.price, prompt, 0) : 0
  }
  return { calls: callsOfRun(spec.graph).low, tokens, cost }
}
