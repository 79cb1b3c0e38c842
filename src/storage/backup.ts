import { readBlobEntry, type BlobEntry } from '@/engine/blobs/blob-entry'
import { blobRefsIn, type BlobRef } from '@/engine/blobs/blob-ref'
import { z } from 'zod'
import { EngineError } from '@/engine/base/errors'
import { cleanAnswer } from '@/engine/lm/kept/clean-answer'
import { createMasker, type Masker } from '@/engine/lm/keys/mask'
import { isUnderOwnKey } from '@/engine/lm/kept/own-key'
import type { StoredAnswer } from '@/engine/lm/kept/stored-answer'
import { toBase64 } from '@/lib/base64'
import { isJsonObject, parseJson, type JsonObject } from '@/lib/json'
import { appVersion } from '@/lib/app-version'
import { announce, storageVersion } from './change-notices'
import { database, write, type StoreName, type WriteTransaction } from './db'
import { changeOwnedBlobs, keepDropped, ownBlobs, ownerOf, withBlobStores } from './blob-owners'
import { getBlob, putBlob, settleBlobs, storedFile } from './blobs'
import { readRecord } from './record-readers'
import { recordMigrator, type RecordMigrator } from './record-migrations'
import { systemClock } from '@/lib/system-clock'

/** Everything of a workspace but the keys, which lie in a database of their own that this file cannot open. */
const stores = [
  'blobs',
  'projects',
  'versions',
  'datasets',
  'datasetChunks',
  'exampleSets',
  'runs',
  'runEvents',
  'rollouts',
  'runCalls',
  'runSpending',
  'importedCalls',
  'tries',
  'lmCalls',
  'lmCallUses',
  'settings',
] as const satisfies readonly StoreName[]

const headSchema = z.object({
  format: z.literal('dspy-studio-backup'),
  schemaVersion: z.number().int().positive(),
  appVersion: z.string(),
  at: z.number(),
})

/**
 * The whole workspace as one file of JSON lines: a head, then `[store, record]` a line. Read and written piece by piece, so that
 * neither side ever holds all of it as one text. What came from servers is written without the keys that the masker knows; what the user wrote, as it is.
 */
export async function makeBackup(now: number, masker: Masker = createMasker([])): Promise<Blob> {
  const head = { format: 'dspy-studio-backup', schemaVersion: storageVersion, appVersion, at: now } satisfies z.output<typeof headSchema>
  const parts: Blob[] = [new Blob([`${JSON.stringify(head)}\n`])]
  const connection = await database()
  for (const store of stores) {
    let from: IDBKeyRange | null = null
    for (;;) {
      const keys: IDBValidKey[] = await connection.getAllKeys(store, from, batchSize)
      const values = await connection.getAll(store, from, batchSize)
      if (values.length === 0) break
      if (store === 'blobs') for (const key of keys) parts.push(...(await blobLine(String(key))))
      else parts.push(new Blob(values.map(value => `${JSON.stringify([store, cleanRecord(store, value, masker)])}\n`)))
      from = IDBKeyRange.lowerBound(keys.at(-1), true)
    }
  }
  return new Blob(parts, { type: 'application/jsonl' })
}

function cleanRecord(store: StoreName, record: unknown, masker: Masker): unknown {
  if (!isJsonObject(record)) return record
  if ((store === 'lmCalls' || store === 'importedCalls') && isAnswer(record.response))
    return { ...record, response: cleanAnswer(record.response, masker) }
  // What a run was asked to do names its rows by their hash, and its requests are made of it.
  if (store === 'runs' && 'spec' in record) return { ...masker.value(record), spec: record.spec }
  return ofServers.has(store) ? masker.value(record) : record
}

function isAnswer(value: unknown): value is Pick<StoredAnswer, 'text' | 'parts'> {
  return isJsonObject(value) && typeof value.text === 'string'
}

/** Stores of what runs have met. The requests among the stored answers stay, since their keys are made of them. */
const ofServers: ReadonlySet<StoreName> = new Set(['runs', 'runEvents', 'rollouts', 'runCalls', 'tries'])

/** A file with its bytes; nothing for a damaged one, which is noted where it lies. */
async function blobLine(hash: string): Promise<Blob[]> {
  const file = await storedFile(hash)
  if (!file) return []
  const entry: BlobEntry = { $blob: hash, mime: file.mime, data: toBase64(file.bytes) }
  return [new Blob([`${JSON.stringify(['blobs', entry])}\n`])]
}

/** A line of a backup that is not among what came back. */
export interface DamagedLine {
  /** From 1, the head included. */
  readonly line: number
  readonly reason: string
}

export interface Restored {
  readonly restored: number
  readonly damaged: number
  readonly lines: readonly DamagedLine[]
}

/**
 * Adds what a backup holds; a record of the same id is replaced, and a stored answer keeps its first text. A backup is one's own: its answers
 * go where they were, each checked to lie under the key of its request. Tells how many records came back, and which lines could not be read;
 * what is readable here is never replaced by what is not. Records of an older version are brought to today's shape. Throws `project-newer` or
 * `project-invalid` before anything is written.
 */
export async function restoreBackup(file: Blob): Promise<Restored> {
  const taken: BlobRef[] = []
  const named = new Map<string, BlobRef>()
  const lines: DamagedLine[] = []
  let [restored, number] = [0, 0]
  let batch: BackupLine[] = []
  let migrate: RecordMigrator = (_store, record) => record
  const flush = async (): Promise<void> => {
    const { written, kept } = await writeBatch(batch)
    restored += written
    lines.push(...kept)
    batch = []
  }
  for await (const text of linesOf(file)) {
    number += 1
    if (number === 1) {
      migrate = recordMigrator(checkHead(text))
      continue
    }
    const read = readLine(text, migrate)
    if (typeof read === 'string') {
      lines.push({ line: number, reason: read })
      continue
    }
    const [store, record] = read
    if (store === 'blobs') {
      const entry = readBlobEntry(record)
      if (entry) taken.push(await putBlob(entry.bytes, entry.ref.mime))
      else lines.push({ line: number, reason: 'its bytes are not those of the file that it names' })
      restored += entry ? 1 : 0
      continue
    }
    for (const ref of blobRefsIn(record)) named.set(ref.$blob, ref)
    batch.push({ line: number, store, record })
    if (batch.length >= batchSize) await flush()
  }
  if (number === 0) throw notABackup()
  await flush()
  await settleBlobs(taken)
  // Reading one that is missing notes it.
  for (const ref of named.values()) await getBlob(ref)
  for (const store of stores) announce(store)
  return { restored, damaged: lines.length, lines: lines.toSorted((one, other) => one.line - other.line) }
}

const batchSize = 500

interface BackupLine {
  readonly line: number
  readonly store: StoreName
  readonly record: JsonObject
}

async function writeBatch(batch: readonly BackupLine[]): Promise<{ readonly written: number; readonly kept: readonly DamagedLine[] }> {
  const kept: DamagedLine[] = []
  if (batch.length === 0) return { written: 0, kept }
  const names = [...new Set(batch.map(({ store }) => store))]
  await write(withBlobStores(names), 'strict', async transaction => {
    const dropped: string[] = []
    for (const { line, store, record } of batch) {
      const target = transaction.objectStore(store)
      const key = 'key' in record && typeof record.key === 'string' ? record.key : undefined
      if (store === 'lmCalls' && key !== undefined && (await transaction.objectStore('lmCalls').get(key))) continue
      const fault = faultIn(store, record)
      // One that no version can look up is nothing; another one is set aside where it is read, unless something sound is in its place.
      const place = fault === undefined ? undefined : placeOf(target.keyPath, record)
      if (fault !== undefined && (place === undefined || (await isSoundAt(transaction, store, place)))) {
        kept.push({ line, reason: fault })
        continue
      }
      await target.put(record as never)
      const owner = ownerOf(store, record)
      // Of a run and an example set, there are many records.
      if (owner?.store === 'runs' || owner?.store === 'exampleSets') await ownBlobs(transaction, owner, record)
      else if (owner) dropped.push(...(await changeOwnedBlobs(transaction, owner, record)))
    }
    await keepDropped(transaction, dropped, systemClock.date())
  })
  return { written: batch.length - kept.length, kept }
}

function faultIn(store: StoreName, record: JsonObject): string | undefined {
  const reading = readRecord(store, record)
  return reading.ok ? undefined : reading.error.message
}

async function isSoundAt(transaction: WriteTransaction, store: StoreName, key: IDBValidKey): Promise<boolean> {
  const value: unknown = await transaction.objectStore(store).get(key as never)
  return value !== undefined && readRecord(store, value).ok
}

/** The key of a record; undefined where it has none that the database takes. */
function placeOf(path: string | readonly string[] | null, record: JsonObject): IDBValidKey | undefined {
  const parts = (Array.isArray(path) ? path : [String(path)]).map(name => record[name])
  if (!parts.every(part => typeof part === 'string' || typeof part === 'number')) return undefined
  return Array.isArray(path) ? parts : parts[0]
}

/** The version of the database that the backup was made of. */
function checkHead(line: string): number {
  const json = parseJson(line)
  const head = headSchema.safeParse(json.ok ? json.value : undefined)
  if (!head.success) throw notABackup()
  if (head.data.schemaVersion > storageVersion) {
    throw new EngineError(
      'project-newer',
      `This backup was made by a newer version of DSPy Studio (${head.data.appVersion}). Update DSPy Studio, then restore it again.`,
      {
        version: head.data.schemaVersion,
        supported: storageVersion,
      },
    )
  }
  return head.data.schemaVersion
}

/** The record of a line in today's shape, or why it is none. */
function readLine(text: string, migrate: RecordMigrator): readonly [StoreName, JsonObject] | string {
  const json = parseJson(text)
  if (!json.ok) return 'is not JSON'
  const [name, value] = Array.isArray(json.value) ? json.value : []
  const store = stores.find(known => known === name)
  if (!store || !isJsonObject(value ?? null)) return 'is not a record of a backup'
  try {
    const record = migrate(store, value)
    return isUnderAnotherKey(store, record) ? 'its answer belongs to another request' : [store, record]
  } catch {
    return 'is not what its version wrote'
  }
}

/** One whose shape cannot be read is no answer to anything. */
function isUnderAnotherKey(store: StoreName, value: JsonObject): boolean {
  if (store !== 'lmCalls' && store !== 'importedCalls') return false
  const call = readRecord(store, value)
  return call.ok && !isUnderOwnKey(call.value)
}

async function* linesOf(file: Blob): AsyncGenerator<string> {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    const lines = (rest + value).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function notABackup(): EngineError {
  return new EngineError('project-invalid', 'This is not a backup of DSPy Studio. Choose a file that was saved with "Back up everything".')
}
