import type { Example } from '@/engine/data/example'
import type { RolloutRecord, RunTotals, JournalEvent, CandidateId } from '@/engine/run/events'
import type { RunOutcome, RunPorts } from '@/engine/run/ports'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/run/spec'
import type { Console } from './console'
import { pythonRound } from '@/lib/stats'
import { watchPauseFile } from './node-ports'

export interface HeadlessRun {
  readonly outcome: RunOutcome
  /** Rows of the last evaluation, in their order. */
  readonly lastScores: readonly (number | null)[]
  readonly fullScores: ReadonlyMap<CandidateId, readonly (number | null)[]>
  /** Every candidate that was scored in full, in the order of its score. */
  readonly trials: readonly { readonly label: string; readonly candidate: CandidateId; readonly score: number }[]
  readonly rollouts: readonly RolloutRecord[]
  readonly events: readonly JournalEvent[]
  readonly seconds: number
}

/** Runs a spec to its end, with progress on a terminal. Ctrl+C stops it and keeps the best; a second one leaves at once. */
export async function runHeadless(
  spec: RunSpec,
  data: { readonly train: readonly Example[]; readonly val: readonly Example[] },
  ports: RunPorts,
  { output, pauseFile }: { readonly output: Console; readonly pauseFile: string | undefined },
): Promise<HeadlessRun> {
  const events: JournalEvent[] = []
  const rollouts = new Map<string, RolloutRecord>()
  const startedAt = ports.clock.now()
  const handle = startRun(spec, data, ports, batch => {
    events.push(...batch.events)
    for (const record of batch.rollouts) rollouts.set(`${record.batch} ${record.index}`, record)
    output.progress(progressLine(batch.totals, events))
  })
  const stopWatching = watchPauseFile(pauseFile, isPaused => handle.command(isPaused ? 'pause' : 'resume'))
  const onInterrupt = () => handle.command('stop')
  process.once('SIGINT', onInterrupt)
  const outcome = await handle.done
  process.off('SIGINT', onInterrupt)
  stopWatching()
  output.progress('')
  ports.sandbox.dispose()
  return {
    outcome,
    rollouts: [...rollouts.values()],
    events,
    ...scoresOf([...ports.journal.recorded, ...events]),
    seconds: (ports.clock.now() - startedAt) / 1000,
  }
}

function scoresOf(events: readonly JournalEvent[]): Pick<HeadlessRun, 'lastScores' | 'fullScores' | 'trials'> {
  const labels = new Map<CandidateId, string>()
  const fullScores = new Map<CandidateId, readonly (number | null)[]>()
  const trials = new Map<CandidateId, HeadlessRun['trials'][number]>()
  let lastScores: readonly (number | null)[] = []
  for (const event of events) {
    if (event.type === 'candidate-propose' && !labels.has(event.candidate)) labels.set(event.candidate, event.label)
    if (event.type !== 'fullset-score') continue
    lastScores = event.scores
    fullScores.set(event.candidate, event.scores)
    const label = labels.get(event.candidate) ?? event.candidate
    trials.set(event.candidate, { label, candidate: event.candidate, score: percent(event.summary.mean) })
  }
  return { lastScores, fullScores, trials: [...trials.values()] }
}

/** A mean of 0–1 as DSPy reports a score: 0–100 with two digits. */
export function percent(mean: number): number {
  return pythonRound(mean * 100, 2)
}

export function totalsJson(totals: RunTotals) {
  return {
    calls: totals.calls,
    cachedCalls: totals.cachedCalls,
    failedCalls: totals.failedCalls,
    tokens: totals.inputTokens + totals.outputTokens,
    inputTokens: totals.inputTokens,
    outputTokens: totals.outputTokens,
    cost: totals.unpricedCalls > 0 ? null : totals.cost,
  }
}

function progressLine(totals: RunTotals, events: readonly JournalEvent[]): string {
  const stage = events.findLast(event => event.type === 'stage-step' || event.type === 'stage-start')
  return `${stage && 'title' in stage ? stage.title : 'Starting'} · ${totals.answered} answers, ${totals.calls} requests sent`
}
