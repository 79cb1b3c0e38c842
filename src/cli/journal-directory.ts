import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EngineError } from '@/engine/errors'
import type { Example } from '@/engine/data/example'
import type { CallKey } from '@/engine/lm/lm'
import type { CallRecord, JournalEvent, RunTotals } from '@/engine/run/events'
import type { CallStore, Journal, StoredCall } from '@/engine/run/ports'
import type { RunSpec } from '@/engine/run/spec'
import { canonicalJson } from '@/lib/canonical-json'
import { sha256Hex } from '@/lib/hash'
import { parseJson } from '@/lib/json'

export interface RecordedRun {
  readonly spec: RunSpec
  readonly train: readonly Example[]
  readonly val: readonly Example[]
}

export interface JournalDirectory {
  readonly calls: CallStore
  readonly journal: Journal
  /** What earlier attempts at this run spent. */
  readonly spentBefore: RunTotals | undefined
  /** Answers already on disk when it was opened. */
  readonly recordedCalls: number
  close(): void
}

/**
 * The journal of one run in a folder of append-only files. Whatever a line says was on disk before the run went on, so a
 * process killed at any moment leaves at most one torn last line, which is dropped on the next start.
 */
export function openJournalDirectory(folder: string, run: RecordedRun): JournalDirectory {
  mkdirSync(folder, { recursive: true })
  const unlock = lock(folder)
  try {
    const identity = identityOf(run)
    const header = join(folder, 'run.json')
    if (existsSync(header)) {
      const before = readRecordedRun(folder)
      if (identityOf(before) !== identity) {
        throw new EngineError(
          'params-invalid',
          `${folder} holds the journal of another run. Give a new folder, or the same project, data, models and parameters as before.`,
        )
      }
    } else {
      writeFileSync(header, JSON.stringify(run))
    }
    return { ...readJournal(folder), close: unlock }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Reads what a run was asked to do. Throws `not-found` when the folder holds no run. */
export function readRecordedRun(folder: string): RecordedRun {
  const header = join(folder, 'run.json')
  const parsed = existsSync(header) ? parseJson(readFileSync(header, 'utf8')) : undefined
  if (!parsed?.ok) throw new EngineError('not-found', `${folder} holds no run: there is no readable run.json in it.`)
  // Written by this program in one piece before the run began; the identity check above catches any other content.
  return parsed.value as unknown as RecordedRun
}

function identityOf({ spec, train, val }: RecordedRun): string {
  // Caps, concurrency and wording may change between attempts: they decide how far a run goes, not which way.
  const { budget: _budget, concurrency: _concurrency, engineVersion: _engine, title: _title, models, ...rest } = spec
  const plain = [models.task, models.prompt, models.teacher].map(model => model && { ...model, limits: undefined, price: undefined })
  return sha256Hex(canonicalJson({ rest, plain, train, val }))
}

function readJournal(folder: string): Omit<JournalDirectory, 'close'> {
  const file = (name: string) => join(folder, name)
  const stored = new Map<CallKey, StoredCall>()
  for (const call of readLines<StoredCall>(file('calls.jsonl'))) stored.set(call.key, call)
  const failed = new Map<CallKey, CallRecord>()
  for (const call of readLines<CallRecord>(file('run-calls.jsonl'))) {
    if (call.error && !call.unsettled) failed.set(call.key, call)
    else failed.delete(call.key)
  }
  const totals = readLines<RunTotals>(file('totals.jsonl'))
  const append = (name: string, records: readonly unknown[]) => {
    if (records.length > 0) appendFileSync(file(name), records.map(record => `${JSON.stringify(record)}\n`).join(''))
  }
  const recorded = readLines<JournalEvent>(file('events.jsonl'))
  let lastSeq = recorded.at(-1)?.seq ?? -1
  return {
    spentBefore: totals.at(-1),
    recordedCalls: stored.size,
    calls: {
      get: async key => stored.get(key),
      add: async call => {
        const first = stored.get(call.key)
        if (first) return first
        append('calls.jsonl', [call])
        stored.set(call.key, call)
        return call
      },
    },
    journal: {
      recorded,
      failedCalls: failed,
      append: async batch => {
        const fresh = batch.events.filter(event => event.seq > lastSeq)
        lastSeq = fresh.at(-1)?.seq ?? lastSeq
        append('rollouts.jsonl', batch.rollouts)
        append('run-calls.jsonl', batch.calls)
        append('totals.jsonl', [batch.totals])
        // Last: a replay takes a recorded event as a sign that everything before it was written.
        append('events.jsonl', fresh)
      },
    },
  }
}

/** Lines of an append-only file. A last line without its newline was torn by a kill: it is cut off, so that the next append starts clean. */
function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return []
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) writeFileSync(path, whole)
  return whole.split('\n').flatMap(line => {
    const parsed = line === '' ? undefined : parseJson(line)
    // Each file has one writer and one kind of record, and torn lines are gone.
    return parsed?.ok ? [parsed.value as unknown as T] : []
  })
}

/** One runner a folder: the lock names its process, and the lock of a dead process does not count. */
function lock(folder: string): () => void {
  const path = join(folder, 'lock')
  const holder = existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new EngineError('params-invalid', `Process ${holder} is running this journal. Wait for it, or stop it first.`)
  }
  writeFileSync(path, String(process.pid))
  return () => rmSync(path, { force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
