import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import type { Spent } from '@/engine/lm/spend'
import type { CallKey } from '@/engine/lm/lm'
import type { CallRecord, JournalEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import type { CallStore } from '@/engine/lm/call-store'
import type { Journal, JournalBatch, RunPorts } from '@/engine/run/ports'
import type { RunSpec } from '@/engine/record/spec'
import { spentBefore, type PaidAnswer } from '@/engine/run/recording/spent-before'
import { parseJson } from '@/lib/json'
import { openAnswers, type AnswerFile } from './answer-file'
import { lockFolder } from './folder-lock'
import { openJsonLines, type JsonLines } from './json-lines'
import { continued, differenceOf } from './run-identity'
import { openSendLog } from './send-log'
import { writeWhole } from './write-whole'

/** What a run was asked to do: enough to do it again. */
export interface RecordedRun {
  readonly spec: RunSpec
  readonly train: readonly Example[]
  readonly val: readonly Example[]
}

export interface JournalDirectory {
  /** The run as it goes on: with the keys, and the facts about models, that it began with. */
  readonly spec: RunSpec
  readonly calls: CallStore
  readonly journal: Journal
  readonly noteSpend: NonNullable<RunPorts['noteSpend']>
  /** What earlier attempts came to; absent for a new run. */
  readonly before?: {
    readonly totals: RunTotals
    readonly caps: Spent
    readonly elapsedMs: number
    /** Answers on disk, with their cost, without a record of what they were for. */
    readonly unnoted: ReadonlyMap<CallKey, number | undefined>
  }
  /** Answers already on disk when it was opened. */
  readonly recordedCalls: number
  /** Rows that earlier attempts were through with, in the order they ended; some twice. */
  recordedRollouts(): readonly RolloutRecord[]
  close(): void
}

/**
 * The journal of one run in a folder of append-only files. Whatever a line says was on disk before the run went on, so a
 * process killed at any moment leaves at most one torn last line in each, which is dropped on the next start. Throws
 * `params-invalid` when the folder holds another run, or another process is at it.
 *
 * | file | a line of it |
 * |---|---|
 * | run.json | (one value) spec and data |
 * | sent.jsonl | the budget, before a request leaves |
 * | calls.jsonl | an answer, before anybody sees it |
 * | rollouts.jsonl | one row's way through the program; a resumed run may write one again |
 * | journal.jsonl | what happened, a flush a line: either all of it is there or nothing |
 */
export function openJournalDirectory(folder: string, run: RecordedRun): JournalDirectory {
  mkdirSync(folder, { recursive: true })
  const unlock = lockFolder(folder)
  const files: JsonLines[] = []
  const open = (name: string): JsonLines => {
    const file = openJsonLines(join(folder, name))
    files.push(file)
    return file
  }
  const close = (): void => {
    for (const file of files) file.close()
    unlock()
  }
  try {
    const spec = claim(folder, run)
    const answers = openAnswers(open('calls.jsonl'))
    const batches = open('journal.jsonl')
    const recorded = readBatches(batches)
    const sent = openSendLog(open('sent.jsonl'))
    const { totals } = recorded.last ?? {}
    const { failedCalls } = recorded
    const left = {
      ...sent.left,
      ...(totals && { totals }),
      paid: paidAnswers(recorded, answers),
      failedCalls,
      records: [...recorded.records.values()],
    }
    const before = spentBefore(left, spec.models)
    const isNew = recorded.last === undefined && answers.count === 0 && before.caps.calls === 0
    const noteSpend = sent.begin(before.totals.lostCalls ?? 0)
    const rollouts = open('rollouts.jsonl')
    const elapsedMs = recorded.last?.elapsedMs ?? 0
    const startedAt = Date.now()
    return {
      spec,
      calls: answers.store,
      journal: journalOf(recorded, { answers, batches, rollouts, elapsed: () => elapsedMs + Date.now() - startedAt }),
      noteSpend: async note => noteSpend(note),
      ...(!isNew && { before: { totals: before.totals, caps: before.caps, unnoted: before.unnoted, elapsedMs } }),
      recordedCalls: answers.count,
      recordedRollouts: () => rollouts.readAll<RolloutRecord>(),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** Reads what a run was asked to do. Throws `not-found` when the folder holds no run. */
export function readRecordedRun(folder: string): RecordedRun {
  const header = join(folder, 'run.json')
  const parsed = existsSync(header) ? parseJson(readFileSync(header, 'utf8')) : undefined
  if (!parsed?.ok) throw new EngineError('not-found', `${folder} holds no run: there is no readable run.json in it.`)
  // Written by this program in one piece before the run began.
  return parsed.value as unknown as RecordedRun
}

/** Takes the folder for a run, and hands back its spec: what its earlier attempts began with stays. */
function claim(folder: string, run: RecordedRun): RunSpec {
  const header = join(folder, 'run.json')
  if (!existsSync(header)) {
    if (['calls.jsonl', 'journal.jsonl'].some(name => existsSync(join(folder, name))))
      throw new EngineError('params-invalid', `${folder} holds a journal without its run.json. Give a new folder, or put that file back.`)
    writeWhole(header, JSON.stringify(run))
    return run.spec
  }
  const before = readRecordedRun(folder).spec
  const difference = differenceOf(before, run.spec)
  if (difference !== undefined)
    throw new EngineError(
      'params-invalid',
      `${folder} holds the journal of another run, which differs in ${difference}. Give a new folder, or what was given before.`,
    )
  return continued(before, run.spec)
}

interface Recorded {
  readonly events: readonly JournalEvent[]
  readonly failed: ReadonlyMap<CallKey, CallRecord>
  /** One record a call; where several were written, the first that was paid. */
  readonly records: ReadonlyMap<CallKey, CallRecord>
  readonly failedCalls: number
  readonly last?: BatchLine
}

type BatchLine = Pick<JournalBatch, 'events' | 'calls' | 'totals'> & { readonly elapsedMs: number }

function readBatches(lines: JsonLines): Recorded {
  const events: JournalEvent[] = []
  const failed = new Map<CallKey, CallRecord>()
  const records = new Map<CallKey, CallRecord>()
  let failedCalls = 0
  let last: BatchLine | undefined
  for (const batch of lines.readAll<BatchLine>()) {
    last = batch
    events.push(...batch.events)
    for (const call of batch.calls) {
      failedCalls += call.failedAttempts
      const known = records.get(call.key)
      if (!known || known.error || known.cached) records.set(call.key, call)
      if (call.error && !call.unsettled) failed.set(call.key, call)
      else failed.delete(call.key)
    }
  }
  return { events, failed, records, failedCalls, ...(last && { last }) }
}

interface JournalFiles {
  readonly answers: AnswerFile
  readonly batches: JsonLines
  readonly rollouts: JsonLines
  readonly elapsed: () => number
}

function journalOf(recorded: Recorded, { answers, batches, rollouts, elapsed }: JournalFiles): Journal {
  return {
    recorded: recorded.events,
    failedCalls: recorded.failed,
    async append(batch) {
      // An event stands on answers: after a power cut too, none may be there without them.
      await answers.sync()
      const { events, calls, totals } = batch
      rollouts.append(batch.rollouts)
      const line: BatchLine = { events, calls, totals, elapsedMs: elapsed() }
      batches.append([line])
    },
  }
}

/** Every answer of the folder: all were paid for by this run. What the journal noted of them spares reading them. */
function paidAnswers({ records }: Recorded, answers: AnswerFile): readonly PaidAnswer[] {
  return [...answers.keys()].flatMap((key): PaidAnswer | readonly PaidAnswer[] => {
    const call = records.get(key)
    if (call && !call.error && !call.cached) return call
    const answer = answers.read(key)
    if (!answer) return []
    const { paid, response, request } = answer
    const { model, endpoint } = request
    return { ...paid, key, usage: response.usage, model, ...(endpoint !== undefined && { endpoint }) }
  })
}
