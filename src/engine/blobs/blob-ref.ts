import { formatBytes } from '@/lib/byte-size'
import type { Json } from '@/lib/json'
import { isFileName, isRemoteRef, remoteWords, type RemoteRef } from './remote-ref'

/**
 * Names bytes that are kept once: an image, a recording, a file. Stands as a value wherever a value may stand; the bytes themselves are
 * in a `BlobStore` and nowhere else.
 */
export type BlobRef = {
  /** The sha-256 of the bytes, as 64 hex digits. */
  readonly $blob: string
  readonly mime: string
  /** How many there are. */
  readonly bytes: number
  /** What the file is called, where it was said and is to be sent. */
  readonly name?: string
}

/** A file as it stands among values: kept here, or elsewhere. */
export type FileRef = BlobRef | RemoteRef

export function isFileRef(value: unknown): value is FileRef {
  return isBlobRef(value) || isRemoteRef(value)
}

export function isBlobRef(value: unknown): value is BlobRef {
  if (typeof value !== 'object' || value === null || !('$blob' in value)) return false
  const { $blob, mime, bytes, name, ...others } = value as Readonly<Record<string, unknown>>
  return (
    typeof $blob === 'string' &&
    hashPattern.test($blob) &&
    typeof mime === 'string' &&
    mimePattern.test(mime) &&
    typeof bytes === 'number' &&
    Number.isSafeInteger(bytes) &&
    bytes >= 0 &&
    (name === undefined || isFileName(name)) &&
    Object.keys(others).length === 0
  )
}

/** A type and a subtype without parameters, short enough for a file name. */
export const mimePattern = /^[a-z]{1,20}\/[\w.+-]{1,80}$/i
const hashPattern = /^[0-9a-f]{64}$/

/** Every blob that a value names, each once, in the order they come. Of what is not JSON only the parts that are are looked at. */
export function blobRefsIn(...values: readonly unknown[]): readonly BlobRef[] {
  const refs = fileRefsIn(...values).filter(isBlobRef)
  return [...new Map(refs.map(ref => [ref.$blob, ref])).values()]
}

/** Every file that a value names, kept here or elsewhere, each once under each of its names, in the order they come. */
export function fileRefsIn(...values: readonly unknown[]): readonly FileRef[] {
  const found = new Map<string, FileRef>()
  // By hand instead of by calls: a record may be nested deeper than the stack.
  const open: unknown[] = values.toReversed()
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    if (isFileRef(value)) {
      const key = '$blob' in value ? `${value.$blob}${value.name ?? ''}` : remoteWords(value)
      if (!found.has(key)) found.set(key, value)
      continue
    }
    const inner = Array.isArray(value) ? value : Object.values(value)
    for (let index = inner.length - 1; index >= 0; index--) if (typeof inner[index] === 'object') open.push(inner[index])
  }
  return [...found.values()]
}

/** What stands for a file where only text can stand: `image/png, 12.3 kB, 3fa9c1d2`, or the address of one that is elsewhere. */
export function fileWords(ref: FileRef): string {
  if (!('$blob' in ref)) return remoteWords(ref)
  const { $blob, mime, bytes, name } = ref
  return `${name === undefined ? '' : `${name}, `}${mime}, ${formatBytes(bytes)}, ${$blob.slice(0, 8)}`
}

/** The value with each file in it replaced; the value itself where there is none. */
export function mapFiles(value: Json, change: (ref: FileRef) => Json): Json {
  if (typeof value !== 'object' || value === null || fileRefsIn(value).length === 0) return value
  return mapInner(value, change)
}

function mapInner(value: Json, change: (ref: FileRef) => Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (isFileRef(value)) return change(value)
  if (Array.isArray(value)) return value.map((item: Json) => mapInner(item, change))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapInner(item, change)]))
}

/** For texts that a model reads and that can hold no file: each stands there by its description. */
export function withFileWords(value: Json): Json {
  return mapFiles(value, ref => `[${fileWords(ref)}]`)
}

/** A value as text to read: strings as they are, files by their descriptions, the rest as JSON. None is an empty text. */
export function valueText(value: Json | undefined, indent?: number): string {
  if (value === undefined) return ''
  const shown = withFileWords(value)
  return typeof shown === 'string' ? shown : JSON.stringify(shown, undefined, indent)
}
