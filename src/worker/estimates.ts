import { predictorsOf } from '@/engine/graph/predictors'
import { costOf } from '@/engine/lm/budget'
import type { CallPurpose, ModelSpec } from '@/engine/lm/lm'
import { traitsOf } from '@/engine/providers/registry'
import { mostBeside } from '@/engine/optimizers/kit/bootstrap-calls'
import { planOfRun } from '@/engine/run/plan/estimate'
import { checkRun, shortfallOf } from '@/engine/run/plan/preflight'
import type { CallEstimate } from '@/engine/record/events'
import type { RunSpec } from '@/engine/record/spec'
import { listRunCalls } from '@/storage/run-calls'
import { listRuns } from '@/storage/runs'
import { runBytes } from '@/storage/usage'
import type { RunEstimate, RunRequest } from './api'
import { freezeRun, type FrozenRun } from './freeze-run'

/**
 * How many calls a run will take, and what they cost where prices are known: each call at the price of the model that answers
 * it. Tokens, time and bytes come from the project's latest calls.
 */
export async function estimate(request: RunRequest): Promise<RunEstimate> {
  const { spec, train, val } = await freezeRun(request)
  checkRun(spec, { train, val })
  const { calls, total, again } = planOfRun(spec, { train, val })
  const measured = await measure(request.project.id)
  const priced = calls.map(call => ({ ...call, cost: costOfCall(spec, askedBy(call), measured) }))
  const ms = timeOf(spec, measured)
  const free = await freeBytes()
  const own = priced.every(call => call.cost !== undefined) ? rangeOf(priced, call => call.cost ?? 0) : undefined
  const cost = own && { ...own, high: own.high + again * Math.max(0, ...priced.map(call => call.cost ?? 0)) }
  const shortfall = shortfallOf(spec.budget, { calls: total.low, cost: cost?.low })
  return {
    calls,
    total: { low: total.low, expected: total.expected, high: total.high },
    again: { ...(measured.againShare !== undefined && { expected: Math.round(total.expected * measured.againShare) }), high: again },
    train: train.length,
    val: val.length,
    ...(measured.models.has(spec.models.task.model) && { tokensPerCall: tokensOf(spec.models.task, measured) }),
    ...(cost && { cost }),
    ...(shortfall !== undefined && { shortfall }),
    ...(spec.kind === 'compile' && { costPerCall: costsByPurpose(spec, measured) }),
    ...(ms !== undefined && { ms: rangeOf(calls, () => ms) }),
    bytes: {
      expected: total.expected * measured.bytesPerCall,
      high: (total.high + again) * measured.bytesPerCall,
      ...(free !== undefined && { free }),
    },
  }
}

interface ModelMeasure {
  readonly input: number
  readonly output: number
  readonly ms: number
}
interface Measured {
  /** Means of the newest answers, by the model's name. */
  readonly models: ReadonlyMap<string, ModelMeasure>
  readonly bytesPerCall: number
  /** Requests in JSON after an unreadable answer, for each other one; undefined where nothing was asked yet. */
  readonly againShare?: number
}

async function measure(projectId: string): Promise<Measured> {
  const models = new Map<string, ModelMeasure>()
  let bytesPerCall: number | undefined
  let again = 0
  let first = 0
  for (const run of (await listRuns(projectId)).slice(0, consideredRuns)) {
    if (run.totals.answered === 0) continue
    if (run.kind !== 'row') bytesPerCall ??= (await runBytes(run.id)) / run.totals.answered
    const answered = (await listRunCalls(run.id)).filter(call => call.error === undefined)
    again += answered.filter(call => call.again).length
    first += answered.filter(call => !call.again).length
    for (const model of new Set(answered.map(call => call.model))) {
      const sample = answered.filter(call => call.model === model).slice(0, sampleSize)
      if (!models.has(model)) models.set(model, meansOf(sample))
    }
  }
  return { models, bytesPerCall: bytesPerCall ?? usualBytesPerCall, ...(first > 0 && { againShare: again / first }) }
}
const consideredRuns = 5
const sampleSize = 200
/** An answer with its prompt, a trace and a record: what a short classification takes. */
const usualBytesPerCall = 6_000

function meansOf(calls: readonly { readonly usage: { inputTokens: number; outputTokens: number }; readonly ms: number }[]): ModelMeasure {
  const mean = (pick: (call: (typeof calls)[number]) => number) => calls.reduce((sum, call) => sum + pick(call), 0) / calls.length
  return { input: mean(call => call.usage.inputTokens), output: mean(call => call.usage.outputTokens), ms: mean(call => call.ms) }
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
function costOfCall(spec: FrozenRun['spec'], asked: Asked, measured: Measured): number | undefined {
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
function costsByPurpose(spec: FrozenRun['spec'], measured: Measured): NonNullable<RunEstimate['costPerCall']> {
  const costs: Partial<Record<Asked, number>> = {}
  for (const asked of compileCalls) {
    const cost = costOfCall(spec, asked, measured)
    if (cost !== undefined) costs[asked] = cost
  }
  return costs
}
const compileCalls: readonly Asked[] = ['evaluate', 'bootstrap', 'propose', 'reflection', 'trial', 'judge', 'embed']

/** The models that answer calls of this purpose: one for each step of the program, which share them evenly, or the one asked aside. */
function modelsFor({ models, graph, state }: FrozenRun['spec'], asked: Asked): readonly ModelSpec[] {
  if (asked === 'propose' || asked === 'judge') return [models.prompt]
  if (asked === 'reflection') return [models.reflection ?? models.prompt]
  if (asked === 'embed') {
    const named = Object.values(state).flatMap(({ nearest }) => (nearest?.embedder && models.overrides[nearest.embedder]) || [])
    return models.embedding ? [models.embedding, ...named] : named
  }
  const common = asked === 'bootstrap' ? (models.teacher ?? models.task) : models.task
  const steps = predictorsOf(graph).map(({ id }) => {
    const own = state[id]?.lm
    return (own !== undefined && models.overrides[own]) || common
  })
  return steps.length > 0 ? steps : [common]
}

function tokensOf(model: ModelSpec, { models }: Measured): { readonly input: number; readonly output: number } | undefined {
  const found = models.get(model.model)
  return found && { input: found.input, output: found.output }
}

/** Milliseconds a call adds to a run at its concurrency. */
function timeOf({ models, concurrency }: Pick<RunSpec, 'models' | 'concurrency'>, measured: Measured): number | undefined {
  const found = measured.models.get(models.task.model)
  // What is computed here works in this very thread, one answer after another.
  const atOnce = traitsOf(models.task).local ? 1 : Math.min(concurrency, models.task.limits?.concurrency ?? Infinity)
  return found && found.ms / atOnce
}

function rangeOf<T extends CallEstimate>(calls: readonly T[], each: (call: T) => number): NonNullable<RunEstimate['cost']> {
  const sum = (pick: (call: T) => number) => calls.reduce((total, call) => total + pick(call) * each(call), 0)
  return { low: sum(call => call.low), expected: sum(call => call.expected), high: sum(mostBeside) }
}

async function freeBytes(): Promise<number | undefined> {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {}
  return usage === undefined || quota === undefined ? undefined : Math.max(0, quota - usage)
}
