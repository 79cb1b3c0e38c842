import { isAskedAlike, type Asking } from '@/engine/program/asking'
import { isToolKey } from '@/engine/lm/kept/tool-call'
import type { ModelSpec } from '@/engine/lm/lm'
import type { CallRecord } from '@/engine/record/events'
import type { RunRecord } from '@/storage/records'
import { listRunCalls } from '@/storage/run-calls'
import { listRuns } from '@/storage/runs'
import { runBytes } from '@/storage/usage'

export interface ModelMeasure {
  readonly input: number
  readonly output: number
  readonly ms: number
}

/** What calls of a project took lately. */
export interface Measured {
  /** Means of the newest answers of a model; undefined for one that was not asked yet. */
  of(model: Pick<ModelSpec, 'id' | 'model'>): ModelMeasure | undefined
  readonly bytesPerCall: number
  /** Requests in JSON after an unreadable answer, for each other one; undefined where that was not measured yet. */
  readonly againShare?: number
}

/**
 * Measures the answers of a project's newest runs; how many were asked for again, by those with the adapter and the choice of `graph`. A run
 * that has not gone on since is not read again.
 */
export async function measureCalls(projectId: string, graph: Asking): Promise<Measured> {
  const runs = (await listRuns(projectId)).runs.slice(0, consideredRuns).filter(run => run.totals.answered > 0)
  const measured = await Promise.all(runs.map(measureRun))
  for (const id of known.keys()) if (known.size > keptRuns && !runs.some(run => run.id === id)) known.delete(id)
  const models = new Map<string, ModelMeasure>()
  for (const run of measured) for (const [name, means] of run.models) if (!models.has(name)) models.set(name, means)
  const bytesPerCall = measured.find(run => run.bytesPerCall !== undefined)?.bytesPerCall ?? usualBytesPerCall
  const againShare = shareAgain(
    measured.filter((run, at) => runs[at] && isAskedAlike(runs[at].spec.graph, graph) && marksAgain(runs[at], run)),
  )
  return {
    of: ({ id, model }) => models.get(entryName(id, model)) ?? models.get(model),
    bytesPerCall,
    ...(againShare !== undefined && { againShare }),
  }
}

/** Older versions did not mark such requests. Their programs had no choice, so a run with one is new. */
function marksAgain({ spec }: RunRecord, { again }: RunMeasure): boolean {
  return spec.graph.jsonFallback !== undefined || again > 0
}

function shareAgain(runs: readonly RunMeasure[]): number | undefined {
  const first = sum(runs, run => run.first)
  return first === 0 ? undefined : sum(runs, run => run.again) / first
}

const consideredRuns = 5
const sampleSize = 200
/** An answer with its prompt, a trace and a record: what a short classification takes. */
const usualBytesPerCall = 6_000

interface RunMeasure {
  /** By entry and name; by name alone for records of older versions, and for models that come under a new entry. */
  readonly models: ReadonlyMap<string, ModelMeasure>
  readonly bytesPerCall?: number
  /** How many answers were asked for first, and how many again, because the first could not be read. */
  readonly first: number
  readonly again: number
}

const known = new Map<string, { readonly state: string; readonly measure: Promise<RunMeasure> }>()
/** Runs of projects that were open before. */
const keptRuns = 20

function measureRun(run: RunRecord): Promise<RunMeasure> {
  const state = JSON.stringify([run.epoch, run.status, run.totals])
  const before = known.get(run.id)
  if (before?.state === state) return before.measure
  const measure = readRun(run)
  known.set(run.id, { state, measure })
  measure.catch(() => known.delete(run.id))
  return measure
}

async function readRun({ id, kind, totals }: RunRecord): Promise<RunMeasure> {
  const samples = new Map<string, CallRecord[]>()
  const note = (name: string, call: CallRecord): void => {
    const sample = samples.get(name)
    if (!sample) samples.set(name, [call])
    else if (sample.length < sampleSize) sample.push(call)
  }
  let first = 0
  let again = 0
  for (const call of await listRunCalls(id)) {
    if (call.error !== undefined || isToolKey(call.key)) continue
    if (call.again) again += 1
    else first += 1
    note(call.model, call)
    if (call.entry !== undefined) note(entryName(call.entry, call.model), call)
  }
  const models = new Map([...samples].map(([name, sample]) => [name, meansOf(sample)]))
  return { models, first, again, ...(kind !== 'row' && { bytesPerCall: (await runBytes(id)) / totals.answered }) }
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0)
}

/** Two endpoints may serve one name, at their own speed. */
function entryName(entry: string, model: string): string {
  return JSON.stringify([entry, model])
}

function meansOf(calls: readonly CallRecord[]): ModelMeasure {
  const mean = (pick: (call: CallRecord) => number) => calls.reduce((sum, call) => sum + pick(call), 0) / calls.length
  return { input: mean(call => call.usage.inputTokens), output: mean(call => call.usage.outputTokens), ms: mean(call => call.ms) }
}
