import { recordsIn } from './checked-records'
import { roughSize } from './chunks'
import { read, type ReadTransaction, type StoreName } from './db'
import { belongingTo } from './key-ranges'
import { callCacheSize } from './lm-calls'
import type { RunId } from './records'
import { blobStorageSize } from './blobs'

export interface StorageInfo {
  /** Bytes as the browser counts them (compressed), rough. Absent where it does not say. */
  readonly usage?: number
  /** What the browser would allow at most; no promise of free space. */
  readonly quota?: number
  /** True when the browser will not clear this by itself. */
  readonly isPersisted: boolean
  readonly callCache: { readonly count: number; readonly bytes: number }
  /** Images and other files, each counted once. */
  readonly blobs: { readonly count: number; readonly bytes: number; readonly damaged: number }
}

export async function storageInfo(): Promise<StorageInfo> {
  const [estimate, isPersisted, callCache, blobs] = await Promise.all([
    navigator.storage?.estimate?.() ?? {},
    navigator.storage?.persisted?.() ?? false,
    callCacheSize(),
    blobStorageSize(),
  ])
  return { usage: estimate.usage, quota: estimate.quota, isPersisted, callCache, blobs }
}

/**
 * True in a private window whose browser lets a page know: Firefox and Safari refuse the file system there. Chromium hides it on
 * purpose, so false says nothing there.
 */
export async function isTemporaryStorage(): Promise<boolean> {
  try {
    await navigator.storage?.getDirectory?.()
    return false
  } catch {
    return true
  }
}

/** Asks the browser to keep this storage. Call it from a click, after the first real work; true when granted. */
export async function askToPersist(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false
}

/** What is kept of each run apart from its head and the answers that it shares with others. */
const ofRun = ['runEvents', 'rollouts', 'runCalls', 'importedCalls'] as const

/** About how many bytes a project holds: itself, its dataset, its runs. Taken from a sample of each store, without the call cache. */
export function projectBytes(projectId: string): Promise<number> {
  return read(['projects', 'versions', 'datasets', 'datasetChunks', 'runs', ...ofRun], async transaction => {
    const project = await transaction.objectStore('projects').get(projectId)
    const versions = await transaction.objectStore('versions').index('byProject').getAll(belongingTo(projectId))
    const runs = await transaction.objectStore('runs').index('byProject').getAll(belongingTo(projectId))
    let bytes = roughSize([project, versions, runs])
    if (typeof project?.datasetId === 'string') bytes += await sampledBytes(transaction, 'datasetChunks', belongingTo(project.datasetId))
    for (const run of runs) {
      for (const store of ofRun) bytes += await sampledBytes(transaction, store, belongingTo(run.id))
    }
    return bytes
  })
}

/** About how many bytes the record of one run takes, the answers it used included. */
export function runBytes(runId: RunId): Promise<number> {
  return read(['runEvents', 'rollouts', 'runCalls', 'importedCalls', 'lmCallUses'], async transaction => {
    const range = belongingTo(runId)
    const parts = await Promise.all(ofRun.map(store => sampledBytes(transaction, store, range)))
    const keys = (await transaction.objectStore('runCalls').getAllKeys(range)).map(([, key]) => key)
    const sample = await Promise.all(keys.slice(0, sampleSize).map(key => recordsIn(transaction).get('lmCallUses', key)))
    const answers = sample.reduce((sum, use) => sum + (use?.bytes ?? 0), 0)
    return parts.reduce((sum, part) => sum + part, sample.length === 0 ? 0 : (answers / sample.length) * keys.length)
  })
}

async function sampledBytes(transaction: ReadTransaction, store: StoreName, range: IDBKeyRange): Promise<number> {
  const count = await transaction.objectStore(store).count(range)
  const sample = await transaction.objectStore(store).getAll(range, sampleSize)
  return sample.length === 0 ? 0 : (roughSize(sample) / sample.length) * count
}
const sampleSize = 20
