import type { z } from 'zod'
import { errorToJson, type ErrorJson } from '@/engine/base/errors'
import { isWhole } from '@/engine/blobs/blob-store'
import { readProject } from '@/engine/project/read-project'
import type { DataRow } from '@/engine/project/project'
import { dataRowSchema, versionSchema } from '@/engine/project/project-schema'
import { modelFactsSchema } from '@/engine/lm/model-facts-schema'
import type { ModelFacts } from '@/engine/lm/refusable'
import { storedCallSchema } from '@/engine/record/record-schemas'
import type { StoreName } from './db'
import * as schemas from './record-schemas'
import type { DatasetChunk, StoredBlobData, StoredSetting, StudioSchema } from './schema'

export type StoreValue<S extends StoreName> = StudioSchema[S]['value']

/** A record as it may be used, or what is wrong with it as a sentence or its end: `graph.nodes: has two nodes with the same id`. */
export type Reading<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorJson }

type Readers = { readonly [S in StoreName]: (value: unknown) => Reading<StoreValue<S>> }

/** How a record of each store is read, wherever it comes from: the database, a backup, a file. */
const readers: Readers = {
  projects: reading(readProject),
  versions: bySchema(versionSchema),
  datasets: bySchema(schemas.storedDatasetSchema),
  datasetChunks: bySchema(schemas.datasetChunkSchema),
  exampleSets: bySchema(schemas.exampleChunkSchema),
  runs: bySchema(schemas.runRecordSchema),
  runEvents: bySchema(schemas.storedEventSchema),
  rollouts: bySchema(schemas.storedRolloutSchema),
  lmCalls: bySchema(storedCallSchema),
  importedCalls: bySchema(schemas.importedCallSchema),
  lmCallUses: bySchema(schemas.callUseSchema),
  runCalls: bySchema(schemas.storedRunCallSchema),
  runSpending: bySchema(schemas.spendingSchema),
  settings: bySchema(schemas.settingSchema),
  tries: bySchema(schemas.tryRecordSchema),
  blobs: bySchema(schemas.blobSchema),
  blobData: bySchema(schemas.blobDataSchema),
  blobOwners: bySchema(schemas.blobOwnerSchema),
  quarantine: bySchema(schemas.quarantinedSchema),
}

export function readRecord<S extends StoreName>(store: S, value: unknown): Reading<StoreValue<S>> {
  return readers[store](value)
}

/** Whether nothing in a record is damaged: neither the whole nor, of a list whose entries are read one by one, an entry. */
export function isSound(store: StoreName, value: unknown): boolean {
  const reading = readRecord(store, value)
  if (!reading.ok) return false
  if (store === 'datasetChunks') return damagedRows(reading.value as DatasetChunk).length === 0
  if (store === 'blobData') return holdsItsFile(reading.value as StoredBlobData)
  const { key, value: setting } = reading.value as StoredSetting
  return store !== 'settings' || key !== factsKey || soundFacts(setting).damaged === 0
}

/** The setting that holds what was found out about models. */
export const factsKey = 'model-facts'

/** The entries of that setting that can be read, and how many cannot. */
export function soundFacts(setting: unknown): { readonly facts: readonly ModelFacts[]; readonly damaged: number } {
  const entries: readonly unknown[] = Array.isArray(setting) ? setting : []
  const facts = entries.flatMap(entry => modelFactsSchema.safeParse(entry).data ?? [])
  return { facts, damaged: entries.length - facts.length }
}

/** Where in a chunk the rows lie that cannot be read. */
export function damagedRows({ rows }: DatasetChunk): readonly number[] {
  return rows.flatMap((row, index) => (isRow(row) ? [] : [index]))
}

export function isRow(row: unknown): row is DataRow {
  return dataRowSchema.safeParse(row).success
}

/** Whether the bytes are those that the record is named by. */
export function holdsItsFile({ hash, data }: StoredBlobData): boolean {
  return isWhole({ $blob: hash, bytes: data.length }, data)
}

/** The value itself comes back, not the parsed copy: a field that a later version added survives being read and written here. */
function bySchema<T>(schema: z.ZodType): (value: unknown) => Reading<T> {
  return value => {
    try {
      const result = schema.safeParse(value)
      if (result.success) return { ok: true, value: value as T }
      const [issue] = result.error.issues
      return fault(`${issue?.path.map(String).join('.') || 'record'}: ${issue?.message ?? 'not readable'}`)
    } catch (error) {
      // Nested so deep that no reader comes to its end.
      if (error instanceof RangeError) return fault('record: is nested too deep')
      throw error
    }
  }
}

function reading<T>(read: (value: unknown) => T): (value: unknown) => Reading<T> {
  return value => {
    try {
      return { ok: true, value: read(value) }
    } catch (error) {
      return { ok: false, error: errorToJson(error) }
    }
  }
}

function fault(message: string): { readonly ok: false; readonly error: ErrorJson } {
  return { ok: false, error: { code: 'storage-failed', message } }
}
