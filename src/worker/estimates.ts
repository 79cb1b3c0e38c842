import { adapterFor, requestsOf } from '@/engine/adapters/registry'
import { predictorsOf } from '@/engine/graph/predictors'
import { costOf } from '@/engine/lm/sending/budget'
import type { CallPurpose, ModelSpec } from '@/engine/lm/lm'
import { traitsOf } from '@/engine/providers/registry'
import { mostBeside } from '@/engine/optimizers/kit/bootstrap-calls'
import { sumAgain, type AgainEstimate } from '@/engine/run/plan/asked-again'
import { planOfRun } from '@/engine/run/plan/estimate'
import { checkRun, shortfallOf } from '@/engine/run/work/preflight'
import type { CallEstimate } from '@/engine/record/events'
import type { RunSpec } from '@/engine/record/spec'
import type { RunEstimate, RunRequest } from './api'
import type { FrozenSpec } from '@/engine/run/plan/freeze-spec'
import { freezeCounts } from './freeze-run'
import { measureCalls, type Measured } from './measured-calls'

/**
 * How many calls a run will take, and what they cost where prices are known: each call at the price of the model that answers
 * it. Tokens, time and bytes come from the project's latest calls. Nothing here looks at a row: an estimate is asked for with each key that is
 * pressed in a form, on datasets of any size.
 */
export async function estimate(request: RunRequest): Promise<RunEstimate> {
  const { spec, train, val } = await freezeCounts(request)
  const rows = { train: { length: train }, val: { length: val } }
  checkRun(spec, rows)
  const { calls, total, again } = planOfRun(spec, rows)
  const measured = await measureCalls(request.project.id, spec.graph)
  const priced = calls.map(call => ({ ...call, cost: costOfCall(spec, askedBy(call), measured) }))
  const judged = priced.filter(({ purpose }) => purpose === 'judge')
  const tokensPerCall = tokensOf(spec.models.task, measured)
  const ms = timeOf(spec, measured)
  const free = await freeBytes()
  const onTop = againOf(again, total.expected, measured)
  // Above nothing, each call stands for as many requests more as were asked again before.
  const share = total.expected === 0 ? 0 : (onTop.expected ?? 0) / total.expected
  const costWithAgain = (of: readonly Priced[]): RunEstimate['cost'] => {
    if (of.some(call => call.cost === undefined)) return undefined
    const { low, expected, high } = rangeOf(of, call => call.cost ?? 0)
    return { low, expected: expected * (1 + share), high: high + sum(of, call => highAgain(again, call) * (call.cost ?? 0)) }
  }
  const cost = costWithAgain(priced)
  const judgeCost = judged.length > 0 ? costWithAgain(judged) : undefined
  const shortfall = shortfallOf(spec.budget, { calls: total, cost })
  return {
    calls,
    total: { low: total.low, expected: total.expected, high: total.high },
    again: onTop,
    train,
    val,
    ...(tokensPerCall && { tokensPerCall }),
    ...(cost && { cost }),
    ...(judgeCost && { judgeCost }),
    ...(shortfall !== undefined && { shortfall }),
    ...(spec.kind === 'compile' && { costPerCall: costsByPurpose(spec, measured) }),
    ...(ms !== undefined && { ms: rangeOf(calls, () => ms * (1 + share)) }),
    bytes: {
      expected: total.expected * (1 + share) * measured.bytesPerCall,
      high: (total.high + onTop.high) * measured.bytesPerCall,
      ...(free !== undefined && { free }),
    },
  }
}

interface Priced extends CallEstimate {
  readonly cost: number | undefined
}

/** How many requests more for answers that cannot be read: likely as many as before, which is unknown before a first run. */
function againOf(again: readonly AgainEstimate[], expected: number, { againShare }: Measured): RunEstimate['again'] {
  const high = sumAgain(again)
  if (high === 0) return { expected: 0, high }
  return { ...(againShare !== undefined && { expected: Math.min(high, Math.round(expected * againShare)) }), high }
}

function highAgain(again: readonly AgainEstimate[], { purpose }: CallEstimate): number {
  return sumAgain(again.filter(one => one.purpose === purpose))
}

/** What decides which model answers a call: what it is for, and one role that shares its purpose with another. */
type Asked = CallPurpose | 'reflection'

function askedBy({ purpose, role }: CallEstimate): Asked {
  return role === 'reflection' ? role : purpose
}

/** Until a model was asked, it is taken to be asked as much as the task LM. Vectors are not made of tokens. */
function assumedTokens(task: ModelSpec, asked: Asked, measured: Measured): { readonly input: number; readonly output: number } | undefined {
  const tokens = tokensOf(task, measured)
  return tokens && asked === 'embed' ? { ...tokens, output: 0 } : tokens
}

/** US dollars of one call for this purpose; undefined while a price or the tokens are unknown. */
function costOfCall(spec: FrozenSpec, asked: Asked, measured: Measured): number | undefined {
  const costs = modelsFor(spec, asked).map(model => {
    // What is free is known to be free before a token was counted.
    if (model.price?.input === 0 && model.price.output === 0) return 0
    const tokens = tokensOf(model, measured) ?? assumedTokens(spec.models.task, asked, measured)
    return model.price && tokens && costOf(model.price, tokens.input, tokens.output)
  })
  if (costs.length === 0 || costs.some(cost => cost === undefined)) return undefined
  return costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) / costs.length
}

/** For other optimizers than the chosen one, whose calls the page counts by itself. */
function costsByPurpose(spec: FrozenSpec, measured: Measured): NonNullable<RunEstimate['costPerCall']> {
  const costs: Partial<Record<Asked, number>> = {}
  for (const asked of compileCalls) {
    const cost = costOfCall(spec, asked, measured)
    if (cost !== undefined) costs[asked] = cost
  }
  return costs
}
const compileCalls: readonly Asked[] = ['evaluate', 'bootstrap', 'propose', 'reflection', 'trial', 'judge', 'embed']

/** The models that answer calls of this purpose: one for each step of the program, which share them evenly, or the one asked aside. */
function modelsFor({ models, graph, state }: FrozenSpec, asked: Asked): readonly ModelSpec[] {
  if (asked === 'propose') return [models.prompt]
  if (asked === 'judge') return [models.judge ?? models.prompt]
  if (asked === 'reflection') return [models.reflection ?? models.prompt]
  if (asked === 'embed') {
    const named = Object.values(state).flatMap(({ nearest }) => (nearest?.embedder && models.overrides[nearest.embedder]) || [])
    return models.embedding ? [models.embedding, ...named] : named
  }
  const common = asked === 'bootstrap' ? (models.teacher ?? models.task) : models.task
  const steps = predictorsOf(graph).flatMap(({ id, node, graph: around }) => {
    const own = state[id]?.lm
    const answering = (own !== undefined && models.overrides[own]) || common
    // What is answered in plain words takes one call to answer and one to read.
    return requestsOf(adapterFor(around, node)) === 2 ? [answering, models.extraction ?? answering] : [answering]
  })
  return steps.length > 0 ? steps : [common]
}

function tokensOf(model: ModelSpec, measured: Measured): { readonly input: number; readonly output: number } | undefined {
  const found = measured.of(model)
  return found && { input: found.input, output: found.output }
}

/** Milliseconds a call adds to a run at its concurrency. */
function timeOf({ models, concurrency }: Pick<RunSpec, 'models' | 'concurrency'>, measured: Measured): number | undefined {
  const found = measured.of(models.task)
  // What is computed here works in this very thread, one answer after another.
  const atOnce = traitsOf(models.task).local ? 1 : Math.min(concurrency, models.task.limits?.concurrency ?? Infinity)
  return found && found.ms / atOnce
}

function rangeOf<T extends CallEstimate>(calls: readonly T[], each: (call: T) => number): NonNullable<RunEstimate['cost']> {
  const sum = (pick: (call: T) => number) => calls.reduce((total, call) => total + pick(call) * each(call), 0)
  return { low: sum(call => call.low), expected: sum(call => call.expected), high: sum(mostBeside) }
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0)
}

async function freeBytes(): Promise<number | undefined> {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {}
  return usage === undefined || quota === undefined ? undefined : Math.max(0, quota - usage)
}
