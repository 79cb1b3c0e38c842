import { fromBase64, toBase64 } from '@/lib/base64'
import { isJsonObject } from '@/lib/json'
import { blobRefsIn, isBlobRef, type BlobRef } from './blob-ref'
import { blobRefOf, type BlobStore } from './blob-store'
import { isEngineError } from '../base/errors'

/** A file of ours inside another one: a project, a run, an exported program. */
export interface BlobEntry {
  readonly $blob: string
  readonly mime: string
  /** The bytes in base64. */
  readonly data: string
}

/** Every file that values name, each once. Those that are not there any more are left out: their names tell that they are missing. */
export async function* blobEntriesOf(store: Pick<BlobStore, 'get'>, ...values: readonly unknown[]): AsyncGenerator<BlobEntry> {
  for (const ref of blobRefsIn(...values)) {
    const bytes = await store.get(ref)
    if (bytes) yield { $blob: ref.$blob, mime: ref.mime, data: toBase64(bytes) }
  }
}

/** All of them at once, for a file that is made in one piece. */
export async function listBlobEntries(store: Pick<BlobStore, 'get'>, ...values: readonly unknown[]): Promise<readonly BlobEntry[]> {
  const entries: BlobEntry[] = []
  for await (const entry of blobEntriesOf(store, ...values)) entries.push(entry)
  return entries
}

export interface TakenBlobs {
  /** What was stored. */
  readonly refs: readonly BlobRef[]
  /** What the values of the file name, and neither the file nor the store has whole. */
  readonly missing: readonly BlobRef[]
}

/**
 * Stores the files that came inside another, each checked against its own name, and says which of those that `values` name are nowhere. A
 * damaged one counts as missing; the rest comes in.
 */
export async function takeBlobs(
  store: BlobStore,
  { entries, values }: { readonly entries: unknown; readonly values: readonly unknown[] },
): Promise<TakenBlobs> {
  const refs: BlobRef[] = []
  for (const entry of Array.isArray(entries) ? entries : []) {
    const read = readBlobEntry(entry)
    if (read) refs.push(await store.put(read.bytes, read.ref.mime))
  }
  const taken = new Set(refs.map(({ $blob }) => $blob))
  const missing: BlobRef[] = []
  for (const ref of blobRefsIn(...values)) {
    if (!taken.has(ref.$blob) && !(await store.get(ref))) missing.push(ref)
  }
  return { refs, missing }
}

/** Undefined for an entry whose bytes are not those of its name. */
export function readBlobEntry(entry: unknown): { readonly ref: BlobRef; readonly bytes: Uint8Array<ArrayBuffer> } | undefined {
  if (!isJsonObject(entry) || typeof entry['data'] !== 'string' || typeof entry['mime'] !== 'string') return undefined
  const bytes = fromBase64(entry['data'])
  if (bytes === undefined) return undefined
  try {
    const ref = blobRefOf(bytes, entry['mime'])
    return ref.$blob === entry['$blob'] && isBlobRef(ref) ? { ref, bytes } : undefined
  } catch (error) {
    if (isEngineError(error, 'data-invalid')) return undefined
    throw error
  }
}
