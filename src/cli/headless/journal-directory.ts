import type { BlobStore } from '@/engine/blobs/blob-store'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import type { ReadingNotes } from '@/engine/lm/answer-reading'
import type { CallKey } from '@/engine/lm/lm'
import type { CallRecord, JournalEvent, RolloutRecord, RunTotals } from '@/engine/record/events'
import type { CallStore } from '@/engine/lm/kept/call-store'
import type { Journal, JournalBatch, RunPorts } from '@/engine/run/base/ports'
import type { RunSpec } from '@/engine/record/spec'
import { spentBefore, type PaidAnswer, type SpentBefore } from '@/engine/run/recording/spent-before'
import { journalEventSchema } from '@/engine/record/event-schema'
import { callRecordSchema, rolloutRecordSchema, totalsSchema } from '@/engine/record/record-schemas'
import { exampleSchema, runSpecSchema } from '@/engine/record/spec-schema'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { systemClock } from '@/lib/system-clock'
import { trimEndOf } from '@/lib/trim-of'
import { eventToVotes, rolloutToVotes, specToVotes, type RunBefore } from '@/engine/project/migrations/0002-votes'
import { openAnswers, type AnswerFile } from './answer-file'
import { blobFolder } from './blob-folder'
import { fitting } from './fitting'
import { lockFolder } from './folder-lock'
import { openJsonLines, type JsonLines } from './json-lines'
import { continued, differenceOf } from './run-identity'
import { openReadingFile } from './reading-file'
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
  /** The files of the run. */
  readonly blobs: BlobStore
  readonly noteSpend: NonNullable<RunPorts['noteSpend']>
  readonly reading: ReadingNotes
  /** What earlier attempts came to; absent for a new run. */
  readonly before?: SpentBefore & { readonly elapsedMs: number }
  /** Answers already on disk when it was opened. */
  readonly recordedCalls: number
  /** A sentence about what of the journal cannot be read, as far as it was looked into; undefined where all can. */
  leftOut(): string | undefined
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
 * | reading.txt | (keys) an attempt that ended while it read this long answer, or that reads it now |
 * | journal.jsonl | what happened, a flush a line: either all of it is there or nothing |
 * | blobs/ | images and other files that rows and demos name, each under its hash |
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
    const { spec, before: written } = claim(folder, run)
    const answers = openAnswers(open('calls.jsonl'))
    const batches = open('journal.jsonl')
    const recorded = readBatches(batches, written)
    const sent = openSendLog(open('sent.jsonl'))
    const { totals, failedCalls } = recorded
    const left = {
      ...sent.left,
      ...(totals && { totals }),
      paid: paidAnswers(recorded, answers),
      failedCalls,
      records: [...recorded.records.values()],
    }
    const before = spentBefore(left, spec.models)
    const isNew = totals === undefined && answers.count === 0 && before.caps.calls === 0
    const noteSpend = sent.begin(before.lost)
    const rollouts = open('rollouts.jsonl')
    const { elapsedMs } = recorded
    let lostRollouts = 0
    const startedAt = systemClock.now()
    return {
      spec,
      calls: answers.store,
      blobs: blobFolder(join(folder, 'blobs')),
      journal: journalOf(recorded, { answers, batches, rollouts, elapsed: () => elapsedMs + systemClock.now() - startedAt }),
      noteSpend: async note => noteSpend(note),
      reading: openReadingFile(join(folder, 'reading.txt')),
      ...(!isNew && { before: { ...before, elapsedMs } }),
      recordedCalls: answers.count,
      recordedRollouts() {
        const read = rollouts.readAll(value => fitting<RolloutRecord>(rolloutRecordSchema, now(value, written, rolloutToVotes)))
        lostRollouts = read.leftOut
        return read.records
      },
      leftOut: () =>
        leftOutSentence([
          ['calls.jsonl', answers.leftOut],
          ['journal.jsonl', recorded.leftOut],
          ['sent.jsonl', sent.leftOut],
          ['rollouts.jsonl', lostRollouts],
        ]),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

/** Whether a run was begun in this folder. */
export function holdsRun(folder: string): boolean {
  return existsSync(join(folder, 'run.json'))
}

/** Reads what a run was asked to do. Throws `not-found` when the folder holds no run. */
export function readRecordedRun(folder: string): RecordedRun {
  return readHeader(folder).run
}

/** `before` is there for a run of an earlier version that may hold ensembles, which are votes now. */
function readHeader(folder: string): { readonly run: RecordedRun; readonly before?: RunBefore } {
  const header = join(folder, 'run.json')
  if (!existsSync(header)) throw new EngineError('not-found', `${folder} holds no run: there is no run.json in it.`)
  // Zeros are what a power cut may leave at the end of a file.
  const parsed = parseJson(trimEndOf(readFileSync(header, 'utf8').replace(/^\uFEFF/, ''), /\0/))
  if (!parsed.ok) throw unreadable(header, parsed.reason)
  const stored = isJsonObject(parsed.value) ? parsed.value : {}
  const { spec, before } = specToVotes(isJsonObject(stored['spec'] ?? null) ? (stored['spec'] as JsonObject) : {})
  const run = fitting<RecordedRun>(recordedRunSchema, { ...stored, spec })
  if (!run) throw unreadable(header, `it has not the shape of one, in ${faultyPart({ ...stored, spec })}`)
  return { run, ...(before && { before }) }
}

const recordedRunSchema = z.object({ spec: runSpecSchema, train: z.array(exampleSchema), val: z.array(exampleSchema) })

function faultyPart(value: JsonObject): string {
  return recordedRunSchema.safeParse(value).error?.issues[0]?.path.join('.') ?? ''
}

function unreadable(header: string, reason: string): EngineError {
  return new EngineError(
    'not-found',
    `${header} says what the run of this journal is, and cannot be read: ${reason}. Put that file back from a copy, or begin again in a new folder.`,
  )
}

/** A record as today's version would have written it. The file keeps what was written. */
function now(record: Json, before: RunBefore | undefined, change: (record: JsonObject, before: RunBefore) => JsonObject): Json {
  return before && isJsonObject(record) ? change(record, before) : record
}

function leftOutSentence(counts: readonly (readonly [file: string, lines: number])[]): string | undefined {
  const parts = counts.filter(([, lines]) => lines > 0).map(([file, lines]) => `${lines} ${lines === 1 ? 'line' : 'lines'} of ${file}`)
  if (parts.length === 0) return undefined
  return `Left out of the journal, since it cannot be read: ${parts.join(', ')}. Answers among it are asked for again, and what happened is told again.`
}

/** Takes the folder for a run, and hands back its spec: what its earlier attempts began with stays. */
function claim(folder: string, run: RecordedRun): { readonly spec: RunSpec; readonly before?: RunBefore } {
  const header = join(folder, 'run.json')
  if (!existsSync(header)) {
    if (['calls.jsonl', 'journal.jsonl'].some(name => existsSync(join(folder, name))))
      throw new EngineError('params-invalid', `${folder} holds a journal without its run.json. Give a new folder, or put that file back.`)
    writeWhole(header, JSON.stringify(run))
    return { spec: run.spec }
  }
  const { run: stored, before } = readHeader(folder)
  const difference = differenceOf(stored.spec, run.spec)
  if (difference !== undefined)
    throw new EngineError(
      'params-invalid',
      `${folder} holds the journal of another run, which differs in ${difference}. Give a new folder, or what was given before.`,
    )
  return { spec: continued(stored.spec, run.spec), ...(before && { before }) }
}

interface Recorded {
  readonly events: readonly JournalEvent[]
  readonly failed: ReadonlyMap<CallKey, CallRecord>
  /** One record a call; where several were written, the first that was paid. */
  readonly records: ReadonlyMap<CallKey, CallRecord>
  readonly failedCalls: number
  /** As they were told last; absent where nothing was. */
  readonly totals?: RunTotals
  readonly elapsedMs: number
  /** Lines of which something is left out. */
  readonly leftOut: number
}

type BatchLine = Pick<JournalBatch, 'events' | 'calls' | 'totals'> & { readonly elapsedMs: number }

/** Each part of a line counts by itself: an event that cannot be read costs no call beside it. */
function readBatches(lines: JsonLines, before: RunBefore | undefined): Recorded {
  const events = new Map<number, JournalEvent>()
  const failed = new Map<CallKey, CallRecord>()
  const records = new Map<CallKey, CallRecord>()
  const failures = new Map<string, CallRecord>()
  let totals: RunTotals | undefined
  let elapsedMs = 0
  let spoilt = 0
  const read = lines.readAll(value => {
    if (!isJsonObject(value)) return undefined
    let isWhole = true
    const partsOf = <T>(name: string, schema: z.ZodType, change = (part: Json): Json => part): readonly T[] => {
      const list = value[name]
      const parts = (Array.isArray(list) ? list : [null]).map(part => fitting<T>(schema, change(part)))
      isWhole &&= parts.every(part => part !== undefined)
      return parts.filter(part => part !== undefined)
    }
    for (const event of partsOf<JournalEvent>('events', journalEventSchema, part => now(part, before, eventToVotes)))
      if (!events.has(event.seq)) events.set(event.seq, event)
    for (const call of partsOf<CallRecord>('calls', callRecordSchema)) {
      // A line may be there twice.
      if (call.failedAttempts > 0) failures.set(JSON.stringify(call), call)
      const known = records.get(call.key)
      if (!known || known.error || known.cached) records.set(call.key, call)
      if (call.error && !call.unsettled) failed.set(call.key, call)
      else failed.delete(call.key)
    }
    const told = totalsSchema.safeParse(value['totals'])
    const elapsed = value['elapsedMs']
    // They only grow, wherever a line stands.
    if (told.success && told.data.calls >= (totals?.calls ?? 0)) totals = told.data
    if (typeof elapsed === 'number') elapsedMs = Math.max(elapsedMs, elapsed)
    if (!isWhole || !told.success || typeof elapsed !== 'number') spoilt += 1
    return true
  })
  const failedCalls = [...failures.values()].reduce((sum, call) => sum + call.failedAttempts, 0)
  const told = [...events.values()].sort((a, b) => a.seq - b.seq)
  return { events: told, failed, records, failedCalls, elapsedMs, leftOut: read.leftOut + spoilt, ...(totals && { totals }) }
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
    const { paid, response } = answer
    const { model = '', endpoint } = answer.request() ?? {}
    return { ...paid, key, usage: response.usage, model, ...(endpoint !== undefined && { endpoint }) }
  })
}
