import type { DBSchema } from 'idb'
import type { Example } from '@/engine/base/example'
import type { SpendNote, Spent } from '@/engine/lm/spend'
import type { CallKey } from '@/engine/lm/lm'
import type { DataRow, DatasetMeta, Project, StateVersion } from '@/engine/project/project'
import type { Paid, StoredCall } from '@/engine/lm/kept/call-store'
import type { Json } from '@/lib/json'
import type { RunRecord, RunStatus, StoredEvent, StoredRollout, StoredRunCall, TryRecord } from './records'

/** A dataset and how its rows are cut: `chunkSizes[n]` rows lie in chunk n. */
export type StoredDataset = DatasetMeta & { readonly chunkSizes: readonly number[] }
export interface DatasetChunk {
  readonly datasetId: string
  readonly index: number
  readonly rows: readonly DataRow[]
}
export interface ExampleChunk {
  readonly hash: string
  readonly index: number
  readonly examples: readonly Example[]
}

/**
 * When an answer was last used, about how large it is and which run paid what for it: apart from the answer, so that a touch rewrites a
 * few bytes. Records of older versions do not say what it cost.
 */
export interface CallUse extends Paid {
  readonly key: CallKey
  readonly usedAt: number
  readonly bytes: number
  readonly runId?: string
}
/**
 * An answer of a run that came from a file: it serves this run alone. `paidBy` is the run itself where it asked for the answer here, and
 * then says what of, and what it cost.
 */
export interface ImportedCall extends StoredCall, Paid {
  readonly runId: string
  readonly paidBy?: string
}
/**
 * What a run may have spent: `spent` and `open` as they were when its last request left, `lost` for requests of killed attempts
 * whose end nobody saw. Only the attempt with this `epoch` may send. `reading` is the run's note of
 * answers that were being read when an attempt ended, see `ReadingNotes`.
 */
export interface StoredSpending extends SpendNote {
  readonly runId: string
  readonly epoch: number
  readonly lost: Spent
  readonly reading?: string
}
export interface QuarantinedRecord {
  /** `<store>:<key as JSON>`: quarantining twice changes nothing. */
  readonly id: string
  readonly store: string
  readonly key: Json
  readonly reason: string
  readonly at: number
}
/** The stores whose records may name files. */
export type BlobOwnerStore = 'projects' | 'versions' | 'datasetChunks' | 'exampleSets' | 'runs' | 'lmCalls'

/** A file that values name, apart from its bytes, which only whoever shows or sends it reads. */
export interface StoredBlob {
  /** Sha-256 of the bytes. */
  readonly hash: string
  readonly mime: string
  readonly bytes: number
  /** How many are about to write a record that names it, or may take back that they deleted one. */
  readonly claims: number
  readonly claimedAt: number
}
export interface StoredBlobData {
  readonly hash: string
  readonly data: Uint8Array<ArrayBuffer>
}
/** That a record names a file. */
export interface StoredBlobOwner {
  readonly hash: string
  readonly store: BlobOwnerStore
  readonly owner: (string | number)[]
}
export interface StoredSetting {
  readonly key: string
  readonly value: Json
}

/** The database as the newest migration leaves it. */
export interface StudioSchema extends DBSchema {
  projects: { key: string; value: Project }
  versions: { key: string; value: StateVersion; indexes: { byProject: [string, number] } }
  datasets: { key: string; value: StoredDataset }
  datasetChunks: { key: [string, number]; value: DatasetChunk }
  exampleSets: { key: [string, number]; value: ExampleChunk }
  runs: { key: string; value: RunRecord; indexes: { byProject: [string, number]; byStatus: RunStatus } }
  runEvents: { key: [string, number]; value: StoredEvent }
  rollouts: { key: [string, number, number]; value: StoredRollout }
  lmCalls: { key: CallKey; value: StoredCall }
  importedCalls: { key: [string, CallKey]; value: ImportedCall; indexes: { byPayer: string } }
  lmCallUses: { key: CallKey; value: CallUse; indexes: { byUse: number; byRun: string } }
  runCalls: { key: [string, CallKey]; value: StoredRunCall }
  runSpending: { key: string; value: StoredSpending }
  tries: { key: string; value: TryRecord; indexes: { byProject: [string, number] } }
  settings: { key: string; value: StoredSetting }
  quarantine: { key: string; value: QuarantinedRecord }
  blobs: { key: string; value: StoredBlob }
  blobData: { key: string; value: StoredBlobData }
  blobOwners: {
    key: [string, BlobOwnerStore, (string | number)[]]
    value: StoredBlobOwner
    indexes: { byOwner: [BlobOwnerStore, (string | number)[]] }
  }
}
