import type { BlobEntry } from '@/engine/blobs/blob-entry'
import { exampleSetRef } from '@/engine/record/example-set'
import { z } from 'zod'
import type { Example } from '@/engine/base/example'
import { EngineError } from '@/engine/base/errors'
import { journalEventSchema } from '@/engine/record/event-schema'
import { storedCallSchema } from '@/engine/record/record-schemas'
import type { JournalEvent } from '@/engine/record/events'
import type { StoredCall } from '@/engine/lm/kept/call-store'
import { isUnderOwnKey } from '@/engine/lm/kept/own-key'
import { eventToVotes, rolloutToVotes, runToVotes, type RunBefore } from '@/engine/project/migrations/0002-votes'
import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { exampleSchema } from '@/engine/record/spec-schema'
import { runRecordSchema, storedRolloutSchema, storedRunCallSchema } from './record-schemas'
import type { RunRecord, StoredRollout, StoredRunCall } from './records'

export const runFileVersion = 2

/** A run with all that is needed to look at it and to replay it elsewhere. Keys are no part of it. */
export interface RunFile {
  readonly format: 'dspy-studio-run'
  readonly schemaVersion: typeof runFileVersion
  readonly appVersion: string
  readonly run: RunRecord
  readonly train: readonly Example[]
  readonly val: readonly Example[]
  readonly events: readonly JournalEvent[]
  readonly rollouts: readonly StoredRollout[]
  readonly calls: readonly StoredRunCall[]
  /** The LM answers it used, as far as they were still stored. */
  readonly answers: readonly StoredCall[]
  /** Files that its values and messages name, each once, as far as they were still stored. Checked one by one by whoever takes them in. */
  readonly blobs?: readonly BlobEntry[]
}

/** What a list of the file holds that is not in the run, and why the first of it is not. */
export interface LeftOut {
  readonly list: string
  /** Places in the list, from 1. */
  readonly places: readonly number[]
  readonly reason: string
}

const headSchema = z.object({
  format: z.literal('dspy-studio-run'),
  schemaVersion: z.literal(runFileVersion),
  appVersion: z.string(),
  run: runRecordSchema,
  train: z.array(exampleSchema),
  val: z.array(exampleSchema),
  ...Object.fromEntries(['events', 'rollouts', 'calls', 'answers'].map(name => [name, z.array(z.unknown(), 'is not a list')])),
  blobs: z.array(z.unknown(), 'is not a list').optional(),
})

/**
 * Checks a run file down to its leaves. The run itself and its rows must be right, and rows those that the run names by their hash; of the
 * records, one that is damaged, comes twice or does not lie under the key of its request costs itself alone and is named in `leftOut`.
 * Throws `project-newer` for a file of a later version, `project-invalid` with the place of the first fault.
 */
export function parseRunFile(json: Json): { readonly file: RunFile; readonly leftOut: readonly LeftOut[] } {
  if (!isJsonObject(json) || json.format !== 'dspy-studio-run') {
    throw invalid('This is not a run of DSPy Studio. Choose a file that was saved with "Export run".')
  }
  if (typeof json.schemaVersion === 'number' && json.schemaVersion > runFileVersion) {
    throw new EngineError(
      'project-newer',
      `This run was exported by a newer version of DSPy Studio (file version ${json.schemaVersion}, this app reads up to ${runFileVersion}). Update DSPy Studio, then open it again.`,
      { version: json.schemaVersion, supported: runFileVersion },
    )
  }
  const current = json.schemaVersion === 1 ? runFileNow(json) : json
  const result = headSchema.safeParse(current)
  if (!result.success) {
    const [issue] = result.error.issues
    const path = issue?.path.map(String).join('.') || 'file'
    throw invalid(`The run file cannot be read: ${path}: ${issue?.message ?? 'is not what a run file holds'}. Export the run again.`, path)
  }
  // The values as they were read: what a later version adds survives.
  const file = current as unknown as RunFile
  if (file.run.kind !== file.run.spec.kind)
    throw invalid('The run file cannot be read: run.kind differs from run.spec.kind. Export the run again.', 'run.kind')
  for (const name of ['train', 'val'] as const) {
    if (exampleSetRef(file[name]).hash !== file.run.spec.data[name].hash)
      throw invalid(`The ${name} rows in this file are not those that the run used. Export the run again.`, name)
  }
  const leftOut: LeftOut[] = []
  const sifted = <T>(list: string, records: readonly T[], schema: z.ZodType, rules: RecordRules<T>): readonly T[] => {
    const { good, bad } = siftRecords(records, schema, rules)
    if (bad.length > 0) leftOut.push({ list, places: bad.map(({ place }) => place), reason: bad[0]?.reason ?? '' })
    return good
  }
  // More numbers are missing then than damage explains.
  const lastNumber = 10 * (file.events.length + 100)
  return {
    file: {
      ...file,
      events: sifted('events', file.events, journalEventSchema, {
        keyOf: ({ seq }) => String(seq),
        problemOf: ({ seq }) => (seq > lastNumber ? `seq: ${seq} is beyond the end of this run` : undefined),
      }).toSorted((a, b) => a.seq - b.seq),
      rollouts: sifted('rollouts', file.rollouts, storedRolloutSchema, { keyOf: ({ batch, index }) => `${batch} ${index}` }),
      calls: sifted('calls', file.calls, storedRunCallSchema, { keyOf: ({ key }) => key }),
      answers: sifted('answers', file.answers, storedCallSchema, {
        keyOf: ({ key }) => key,
        problemOf: answer => (isUnderOwnKey(answer) ? undefined : 'key: belongs to another request'),
      }),
    },
    leftOut,
  }
}

interface RecordRules<T> {
  /** What tells the records of the list apart. */
  readonly keyOf: (record: T) => string
  /** What else may be wrong with one whose shape is right. */
  readonly problemOf?: (record: T) => string | undefined
}

function siftRecords<T>(records: readonly T[], schema: z.ZodType, { keyOf, problemOf }: RecordRules<T>) {
  const known = new Set<string>()
  const good: T[] = []
  const bad: { readonly place: number; readonly reason: string }[] = []
  for (const [at, record] of records.entries()) {
    const [issue] = schema.safeParse(record).error?.issues ?? []
    const reason = issue
      ? `${issue.path.map(String).join('.') || 'record'}: ${issue.message}`
      : known.has(keyOf(record))
        ? 'record: comes twice'
        : problemOf?.(record)
    if (reason !== undefined) bad.push({ place: at + 1, reason })
    else {
      known.add(keyOf(record))
      good.push(record)
    }
  }
  return { good, bad }
}

/** A file of version 1, in which an ensemble was a list in the state of every predictor. What cannot be read is left for the check. */
function runFileNow(file: JsonObject): JsonObject {
  const { run: stored } = file
  if (stored === undefined || !isJsonObject(stored)) return file
  const { run, before } = runToVotes(stored)
  const each = (list: Json | undefined, change: (record: JsonObject, old: RunBefore) => JsonObject): Json =>
    Array.isArray(list) && before ? list.map((record: Json) => (isJsonObject(record) ? change(record, before) : record)) : (list ?? null)
  return {
    ...file,
    schemaVersion: runFileVersion,
    run,
    events: each(file['events'], eventToVotes),
    rollouts: each(file['rollouts'], rolloutToVotes),
  }
}

function invalid(message: string, path = 'file'): EngineError {
  return new EngineError('project-invalid', message, { path })
}
