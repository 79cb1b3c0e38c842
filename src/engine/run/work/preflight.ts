import { canonicalJson } from '@/lib/canonical-json'
import { adapterFor } from '../../adapters/registry'
import type { Example } from '../../base/example'
import { EngineError } from '../../base/errors'
import { programInputs } from '../../program/ends'
import { toolsOf } from '../../graph/tools-of'
import { isMocked } from '../../tools/mock'
import { requireReach } from '../../tools/require-reach'
import type { ToolHost } from '../../tools/tool-kind'
import { requireSound } from '../../graph/require-sound'
import { predictorsOf, type Predictor } from '../../graph/predictors'
import { costOf, inDollars } from '../../lm/sending/budget'
import { isKnownProvider, providerKind, unknownProviderWords } from '../../providers/registry'
import type { CallRange } from '../../lm/call-range'
import type { ModelSpec } from '../../lm/lm'
import type { Message } from '../../lm/parts'
import type { Spent } from '../../lm/spend'
import { worstCaseTokens } from '../../lm/usage'
import { asksJudge } from '../../metrics/registry'
import { certainCalls, type CertainCalls, type ProbePorts } from './certain-calls'
import { estimateRun, optimizerOf, rowsOfRun, sizesOf, type RowNumbers } from '../plan/estimate'
import type { ModelRole } from '../../record/events'
import { modelById, modelsOf } from '../plan/models-of'
import type { Budget } from '../../lm/spend'
import type { ProgramGraph } from '../../program/program'
import type { RunModels, RunSpec } from '../../record/spec'
import { holdsFile } from '../../signature/types/registry'
import { coerceValue } from '../../signature/check-value'
import type { FieldType } from '../../signature/types/field-type'
import { decisionProblem } from '../../signature/decisions/settings'
import { typesWithin } from '../../signature/types/registry'

export interface RunData {
  readonly train: readonly Example[]
  /** Rows to choose by; for an evaluation the rows to evaluate, for a row run the row. */
  readonly val: readonly Example[]
}

/**
 * Everything that can be known to go wrong before the first request. Throws `graph-invalid` (facts: node, field), `data-invalid`,
 * `params-invalid`, or `not-found` for a step whose model is gone.
 */
export function checkRun(spec: Omit<RunSpec, 'data'>, data: RowNumbers): void {
  requireSound(spec.graph)
  const foreign = modelsOf(spec.models).find(({ provider }) => !isKnownProvider(provider))
  if (foreign) throw new EngineError('params-invalid', unknownProviderWords(foreign), { path: 'models', model: foreign.id })
  for (const { id, stepName, signature } of predictorsOf(spec.graph)) {
    const { lm, nearest, fields } = spec.state[id] ?? {}
    const problem = decisionProblem(signature(spec.state), fields)
    if (problem !== undefined) throw new EngineError('graph-invalid', `The step "${stepName}" cannot decide. ${problem}`)
    for (const named of [lm, nearest?.embedder]) if (named !== undefined) modelById(spec.models, named)
  }
  if (data.train.length === 0 && data.val.length === 0)
    throw new EngineError('data-invalid', 'There is no row to run on. Add rows in Data, or change the split.')
  if (spec.kind === 'compile') checkCompile(spec, data)
  else if (spec.kind === 'evaluate' && spec.metric === undefined)
    throw new EngineError('params-invalid', 'An evaluation needs a metric. Choose one.')
}

/** Throws `data-invalid` for a text in place of a file: it would be sent as a text, and the model would answer about its letters. */
export function checkFiles(graph: ProgramGraph, rows: readonly Example[]): void {
  for (const { name, type } of programInputs(graph)) {
    if (!holdsFile(type)) continue
    const noun = nounOf(type)
    for (const { id, inputs } of rows) {
      const value = inputs[name] ?? null
      const read = value === null ? undefined : coerceValue(type, value)
      if (!read || read.ok) continue
      throw new EngineError(
        'data-invalid',
        `The row "${id}" has no ${noun} for "${name}": ${read.reason}. Choose its ${noun} in Data, or set the column's type to ${noun === 'image' ? 'Image' : noun === 'recording' ? 'Audio' : 'File'} when the file is imported.`,
        { field: name, row: id },
      )
    }
  }
}

/** Contacts nothing. Throws `tool-refused` where a tool of the run goes to an address that was not allowed, or needs a secret that is not saved. */
export async function checkTools({ graph, kind }: Pick<RunSpec, 'graph' | 'kind'>, host: ToolHost | undefined): Promise<void> {
  const tools = toolsOf(graph).filter(tool => !isMocked(tool, kind))
  await requireReach(host, tools)
}

function nounOf(type: FieldType): string {
  const kinds = new Set(typesWithin(type).map(({ kind }) => kind))
  return kinds.has('image') ? 'image' : kinds.has('audio') ? 'recording' : 'file'
}

function checkCompile(spec: Omit<RunSpec, 'data'>, { train, val }: RowNumbers): void {
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
    return 'Similarity by embeddings needs an embedding model: choose one in Models, or set the vectorizer to "lexical".'
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
 * Refuses a run whose caps cannot pay even what it is certain to send: the requests of its first evaluation that have no stored answer.
 * Throws `budget-too-small` with the numbers. What an optimizer asks beyond that depends on the answers; `shortfallOf` warns of it.
 */
export async function checkBudget(spec: RunSpec, data: RunData, ports: ProbePorts, signal: AbortSignal): Promise<void> {
  const rows = rowsOfRun(spec, data).val
  if (spec.kind === 'row' || isAmple(spec, rows)) return
  const tooSmall = (certain: CertainCalls): Shortage | undefined =>
    shortagesOf(spec.budget, certain).find(({ cap, needed }) => needed > cap)
  // Enough rows for a number that means something.
  const isEnough = (sofar: CertainCalls): boolean => sofar.rows >= tellingRows && tooSmall(sofar) !== undefined
  const certain = await certainCalls(spec, rows, ports, { isEnough, signal })
  const shortage = tooSmall(certain)
  if (shortage === undefined) return
  const { cap, needed, show } = shortage
  const what =
    spec.kind === 'compile'
      ? `Scoring the program on ${rows.length} rows before it is compiled takes`
      : `Evaluating ${rows.length} rows takes`
  const sentence = shortage.isFirst ? `A single request may take up to ${show(needed)}` : `${what} at least ${show(needed)}`
  const way = shortage.isFirst ? 'Raise the cap or lower "max tokens".' : 'Raise the cap or use fewer rows.'
  throw new EngineError('budget-too-small', `${sentence}, but the cap is ${show(cap)}. ${way}`, {
    needed,
    cap,
    limit: shortage.limit,
    rows: rows.length,
  })
}

const tellingRows = 1000

/** A cap that is below the least of a run, in a sentence, and what is likely to be enough. */
export interface Shortfall {
  readonly message: string
  readonly cap: 'maxCalls' | 'maxCost'
  readonly enough: number
}

/**
 * Says that a cap is below the least of an estimate, which leaves stored and shared answers out: such a run may well end before it is
 * through. Undefined where the caps reach that far. `cost` is in US dollars, absent where it is unknown.
 */
export function shortfallOf(
  { maxCalls, maxCost }: Budget,
  { calls, cost }: { readonly calls: Reach; readonly cost?: Reach | undefined },
): Shortfall | undefined {
  const words = (cap: string, needed: string): string =>
    `The cap of ${cap} is below the ${needed} that this takes at least, where no answer is stored yet. It may end early, and keeps what it has.`
  if (maxCalls !== undefined && maxCalls < calls.low)
    return { message: words(`${maxCalls} LM calls`, String(calls.low)), cap: 'maxCalls', enough: calls.expected }
  if (maxCost !== undefined && cost !== undefined && maxCost < cost.low)
    return { message: words(inDollars(maxCost), inDollars(cost.low)), cap: 'maxCost', enough: Math.ceil(cost.expected * 100) / 100 }
  return undefined
}

type Reach = Pick<CallRange, 'low' | 'expected'>

interface Shortage {
  readonly limit: 'maxCalls' | 'maxTokens' | 'maxCost'
  readonly cap: number
  readonly needed: number
  /** It is the worst case of one request that does not fit: then nothing could be sent at all. */
  readonly isFirst: boolean
  readonly show: (amount: number) => string
}

function shortagesOf({ maxCalls, maxTokens, maxCost }: Budget, { calls, tokens, cost, first }: CertainCalls): readonly Shortage[] {
  const inTokens = (amount: number): string => `${amount} tokens`
  return [
    ...(maxCalls === undefined
      ? []
      : [{ limit: 'maxCalls' as const, cap: maxCalls, needed: calls, isFirst: false, show: (amount: number) => `${amount} LM calls` }]),
    ...(maxTokens === undefined
      ? []
      : [
          { limit: 'maxTokens' as const, cap: maxTokens, needed: first.tokens, isFirst: true, show: inTokens },
          { limit: 'maxTokens' as const, cap: maxTokens, needed: tokens, isFirst: false, show: inTokens },
        ]),
    ...(maxCost === undefined
      ? []
      : [
          { limit: 'maxCost' as const, cap: maxCost, needed: first.cost, isFirst: true, show: inDollars },
          { limit: 'maxCost' as const, cap: maxCost, needed: cost, isFirst: false, show: inDollars },
        ]),
  ]
}

/** True where the caps are so far above an evaluation that no row needs to be walked. */
function isAmple(spec: RunSpec, rows: readonly Example[]): boolean {
  const { maxCalls = Infinity, maxTokens = Infinity, maxCost = Infinity } = spec.budget
  const { graph, state, metric } = spec
  const { high } = estimateRun({ kind: 'evaluate', graph, state, train: 0, val: rows.length, ...(metric && { metric }) }).total
  if (maxCalls < high) return false
  if (maxTokens === Infinity && maxCost === Infinity) return true
  // How long a question to the judge gets depends on what it is to grade.
  if (asksJudge(metric)) return false
  const longest = rows.reduce((most, { inputs }) => Math.max(most, canonicalJson(inputs).length), 0)
  const requests = predictorsOf(graph).flatMap(predictor => largestRequests(spec, predictor, longest))
  const most = (pick: (request: (typeof requests)[number]) => number): number => high * Math.max(0, ...requests.map(pick))
  return maxTokens >= most(({ tokens }) => tokens) && maxCost >= most(({ cost }) => cost)
}

/** What each request of a predictor reserves at the most, for inputs of so many characters. */
function largestRequests({ state, models }: RunSpec, predictor: Predictor, characters: number): readonly Pick<Spent, 'tokens' | 'cost'>[] {
  const { lm, demos = [] } = state[predictor.id] ?? {}
  const answering = (lm !== undefined && models.overrides[lm]) || models.task
  const signature = predictor.signature(state)
  const blank = Object.fromEntries(signature.fields.filter(field => field.role === 'input').map(field => [field.name, '']))
  const adapter = adapterFor(predictor.graph, predictor.node)
  const first = largestRequest(answering, adapter.format(signature, demos, blank), 3 * characters)
  if (!adapter.extraction) return [first]
  const question = adapter.extraction.signature(signature)
  // Whatever the first answer comes to stands in the second request.
  return [first, largestRequest(models.extraction ?? answering, adapter.extraction.adapter.format(question, [], {}), first.output)]
}

function largestRequest({ model, settings, price }: ModelSpec, messages: readonly Message[], more: number) {
  const { input, output } = worstCaseTokens({ model, settings, messages })
  return { tokens: input + more + output, cost: price ? costOf(price, input + more, output) : 0, output }
}
