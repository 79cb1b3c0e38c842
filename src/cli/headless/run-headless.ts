import { problemsOfRun } from '@/engine/advice/before/start-problems'
import type { BlobStore } from '@/engine/blobs/blob-store'
import { refusalOf } from '@/engine/advice/before/start-problem'
import { resolve } from 'node:path'
import type { Example } from '@/engine/base/example'
import type { CallTotals, JournalEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import { tokenCount } from '@/engine/lm/usage'
import { knownCost } from '@/engine/record/totals'
import type { CandidateId } from '@/engine/program/program'
import type { CapName, RunOutcome, RunPorts } from '@/engine/run/base/ports'
import { planOfRun } from '@/engine/run/plan/estimate'
import { shortfallOf } from '@/engine/run/work/preflight'
import { startRun } from '@/engine/run/run'
import type { RunSpec } from '@/engine/record/spec'
import { storyOf } from '@/engine/run/story/story'
import { pythonRound } from '@/lib/stats'
import { systemClock } from '@/lib/system-clock'
import { numberFlag, type Flags } from './arguments'
import { copyBlobs } from './blob-folder'
import type { Console } from './console'
import { holdsRun, openJournalDirectory } from './journal-directory'
import { keysOf } from './keys'
import { nodePorts, watchPauseFile } from './node-ports'
import type { streamPrinter } from './stream-printer'
import { checkReachable } from './reachable'
import { requireTools, toolHostOf } from './tool-host'

export interface RunData {
  readonly train: readonly Example[]
  readonly val: readonly Example[]
}

export interface HeadlessRun {
  readonly outcome: RunOutcome
  readonly fullScores: ReadonlyMap<CandidateId, readonly (number | null)[]>
  /** Every candidate that was scored in full, in the order of its score. */
  readonly trials: readonly { readonly label: string; readonly candidate: CandidateId; readonly score: number }[]
  /** Answers that were on disk before, where there is a journal. */
  readonly recordedCalls: number
  readonly seconds: number
}

export interface HeadlessOptions {
  readonly output: Console
  readonly pauseFile?: string | undefined
  /** The files that rows and demos name. */
  readonly blobs?: BlobStore
  readonly onRollout?: (record: RolloutRecord) => void
  /** Told of what comes of answers while they are written, where the spec asks for that. */
  readonly stream?: ReturnType<typeof streamPrinter>
  /** Said once the run has begun: one that is refused has a sentence of its own. */
  readonly warning?: string | undefined
}

/** Runs a spec as the flags say: with its keys, and in the journal where one is named. */
export async function runWithFlags(
  spec: RunSpec,
  data: RunData,
  flags: Flags,
  options: Omit<HeadlessOptions, 'pauseFile' | 'warning'>,
): Promise<HeadlessRun> {
  const authorize = keysOf(spec.models, flags, remark => options.output.complain(remark))
  const timeout = numberFlag(flags, 'timeout', 0.001)
  // A run that has begun goes on as it began.
  const warnings = flags.journal !== undefined && holdsRun(resolve(flags.journal)) ? [] : warningsOf(spec, data)
  const directory = flags.journal === undefined ? undefined : openJournalDirectory(resolve(flags.journal), { spec, ...data })
  try {
    const isFinished = directory?.journal.recorded.some(event => event.type === 'run-end' && event.reason === 'done')
    const tools = toolHostOf(flags)
    if (!isFinished) {
      await requireTools(spec, tools)
      await checkReachable(spec.models)
    }
    if (directory && options.blobs) await copyBlobs(options.blobs, directory.blobs, spec, data)
    const blobs = directory?.blobs ?? options.blobs
    const ports: RunPorts = {
      ...nodePorts({
        authorize,
        ...(directory && { calls: directory.calls, journal: directory.journal }),
        ...(blobs && { blobs }),
      }),
      tools,
      ...(directory && { noteSpend: directory.noteSpend, reading: directory.reading }),
      ...(directory?.before && {
        spentBefore: directory.before.totals,
        capsBefore: directory.before.caps,
        lostBefore: directory.before.lost,
        elapsedBefore: directory.before.elapsedMs,
        unnotedBefore: directory.before.unnoted,
      }),
      ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    }
    if (directory && options.onRollout) for (const record of directory.recordedRollouts()) options.onRollout(record)
    const warning = directory?.before === undefined && warnings.length > 0 ? warnings.join('\n') : undefined
    const run = await runHeadless(directory?.spec ?? spec, data, ports, { ...options, warning, pauseFile: flags['pause-file'] })
    if (directory) tellWayOn(run.outcome, options.output)
    return { ...run, recordedCalls: directory?.recordedCalls ?? 0 }
  } finally {
    const leftOut = directory?.leftOut()
    if (leftOut !== undefined) options.output.complain(leftOut)
    directory?.close()
  }
}

/** A run that a cap ended goes on by the same command with a higher one. */
function tellWayOn({ status, cap }: RunOutcome, output: Console): void {
  if (status !== 'capped' || cap === undefined) return
  const flag = capFlags[cap.name]
  output.complain(`To go on, run the same command with ${cap.raiseTo === undefined ? `a higher ${flag}` : `${flag} ${cap.raiseTo}`}.`)
}

const capFlags: Readonly<Record<CapName, string>> = {
  calls: '--max-calls',
  tokens: '--max-tokens-total',
  cost: '--max-cost',
  time: '--max-seconds',
}

/** What is doubtful about a run that begins. Throws `data-invalid` for one that is certain to come to nothing. */
function warningsOf(spec: RunSpec, data: RunData): readonly string[] {
  const problems = problemsOfRun(spec, data)
  const stop = problems.find(({ severity }) => severity === 'stop')
  if (stop) throw refusalOf(stop)
  const shortfall = shortfallOf(spec.budget, { calls: planOfRun(spec, data).total })
  return [...(shortfall ? [shortfall.message] : []), ...problems.map(({ message, advice }) => `${message} ${advice}`)]
}

/** Runs a spec to its end, with progress on a terminal. Ctrl+C stops it and keeps the best; a second one leaves at once. */
export async function runHeadless(
  spec: RunSpec,
  data: RunData,
  ports: RunPorts,
  { output, pauseFile, onRollout, stream, warning }: HeadlessOptions,
): Promise<HeadlessRun> {
  const scores = scoreKeeper(storyOf(ports.journal.recorded))
  const startedAt = ports.clock.now()
  let isFull = false
  let isTold = false
  const told = new Set<string>()
  const waits = new Map<string, number>()
  let nextTry = ''
  /** A single short wait is nobody's business. */
  const heard = (reason: string, ms: number): void => {
    const count = (waits.get(reason) ?? 0) + 1
    if (waits.size < mostReasons || count > 1) waits.set(reason, count)
    if (ms >= longWaitMs || count === fewWaits) tell(reason)
  }
  const tell = (reason: string): void => {
    if (!told.has(reason) && told.size < mostReasons) output.complain(reason)
    told.add(reason)
  }
  const handle = startRun(spec, data, ports, batch => {
    for (const event of batch.events) scores.add(event)
    if (warning !== undefined && batch.events.some(({ type }) => type === 'run-start')) output.complain(warning)
    if (onRollout) for (const record of batch.rollouts) onRollout(record)
    for (const meter of batch.meters) {
      if (meter.type === 'stream') stream?.tell(meter)
      if (meter.type !== 'wait') continue
      // How long it is, at a glance: nothing waits by this.
      // oxlint-disable-next-line clock/no-duration-from-date
      const ms = meter.until - ports.clock.date()
      if (meter.outage) tell(meter.reason)
      else heard(meter.reason, ms)
      if (meter.outage) nextTry = meter.outage === 'lasts' ? ` · next try in ${Math.max(0, Math.ceil(ms / 1000))} s` : ''
    }
    if (!stream) output.progress(`${progressLine(batch.totals, scores.stage)}${nextTry}`)
    // What the provider asked for ends by itself.
    if (batch.problem?.facts?.['until'] !== undefined) tell(batch.problem.message)
    else if (batch.problem) {
      isFull = true
      if (!isTold) output.complain(batch.problem.message)
      isTold = true
    }
  })
  // Nobody is here to press "resume" once there is room on the disk again.
  const retry = setInterval(() => {
    if (isFull) handle.command('resume')
    isFull = false
  }, retryRoomMs)
  const stopWatching = watchPauseFile(pauseFile, isPaused => handle.command(isPaused ? 'pause' : 'resume'))
  const letGo = onInterrupt(() => handle.command('stop'))
  const outcome = await handle.done
  letGo()
  stopWatching()
  stream?.end()
  clearInterval(retry)
  output.progress('')
  ports.runner.dispose()
  const { fullScores, trials } = scores
  return { outcome, fullScores, trials: [...trials.values()], recordedCalls: 0, seconds: (ports.clock.now() - startedAt) / 1000 }
}

const retryRoomMs = 3000
/** Reasons to wait that are told, each once. */
const mostReasons = 20
const longWaitMs = 4000
const fewWaits = 3

/** The first signal stops, one after it leaves at once. npm hands on a Ctrl+C that the terminal has sent already: that is one press. */
function onInterrupt(stop: () => void): () => void {
  let firstAt: number | undefined
  const onSignal = (): void => {
    if (firstAt === undefined) {
      firstAt = systemClock.now()
      stop()
    } else if (systemClock.now() - firstAt > onePressMs) process.exit(130)
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return () => {
    for (const signal of signals) process.off(signal, onSignal)
  }
}

const onePressMs = 700

function scoreKeeper(recorded: readonly JournalEvent[]) {
  const labels = new Map<CandidateId, string>()
  const fullScores = new Map<CandidateId, readonly (number | null)[]>()
  const trials = new Map<CandidateId, HeadlessRun['trials'][number]>()
  let stage = 'Starting'
  const add = (event: JournalEvent): void => {
    if (event.type === 'stage-start' || event.type === 'stage-step') stage = event.title
    if (event.type === 'candidate-propose' && !labels.has(event.candidate)) labels.set(event.candidate, event.label)
    if (event.type !== 'fullset-score') return
    fullScores.set(event.candidate, event.scores)
    const label = labels.get(event.candidate) ?? event.candidate
    trials.set(event.candidate, { label, candidate: event.candidate, score: percent(event.summary.mean) })
  }
  for (const event of recorded) add(event)
  return {
    add,
    fullScores,
    trials,
    get stage() {
      return stage
    },
  }
}

/** 0 when it ran to its end, or to a cap with something to keep; 130 when it was interrupted; else 1. */
export function exitCodeOf({ status, result }: RunOutcome): number {
  if (status === 'stopped') return 130
  return status === 'done' || (status === 'capped' && result?.best) ? 0 : 1
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
    lostCalls: totals.lostCalls ?? 0,
    cutAnswers: totals.cutAnswers ?? 0,
    askedAgain: totals.askedAgain ?? 0,
    ...billJson(totals),
    ...(totals.judge && { judge: { calls: totals.judge.calls, cachedCalls: totals.judge.cachedCalls, ...billJson(totals.judge) } }),
  }
}

function billJson(totals: CallTotals) {
  const { inputTokens, outputTokens } = totals
  return { tokens: tokenCount(totals), inputTokens, outputTokens, cost: knownCost(totals) ?? null }
}

/** For the summary in words; empty where no judge was asked. */
export function judgeWords({ judge }: RunTotals): string {
  return judge === undefined ? '' : `, the judge's share ${judge.calls} requests, ${judge.cachedCalls} from cache`
}

/** For the summary in words; empty where all answers came to their end and could be read. */
export function besideWords({ cutAnswers = 0, askedAgain = 0 }: RunTotals): string {
  const cut = cutAnswers === 0 ? '' : `, ${cutAnswers} ${cutAnswers === 1 ? 'answer' : 'answers'} cut short`
  return askedAgain === 0 ? cut : `${cut}, ${askedAgain} asked again in JSON`
}

function progressLine(totals: RunTotals, stage: string): string {
  return `${stage} · ${totals.answered} answers, ${totals.calls} requests sent`
}
