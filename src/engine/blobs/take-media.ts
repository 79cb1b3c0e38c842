import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import { EngineError, isEngineError } from '../base/errors'
import { isBlobRef, isFileRef, type FileRef } from './blob-ref'
import { checkBlobSize, type BlobStore } from './blob-store'
import { readDataUrl, sniffedMime, type ReadFile } from './data-url'
import { media, mimeOfName, type MediaKind } from './media'
import { isAddressRef, isFileName, isUploadRef, isWebAddress } from './remote-ref'

export interface TakeMediaOptions {
  readonly store: Pick<BlobStore, 'put'>
  /** Fetches addresses on the web; without it they are refused. */
  readonly fetch?: (url: string) => Promise<Response>
  /** Reads a path of this machine, where there are any; undefined for one that is not there. */
  readonly readPath?: (path: string) => Promise<Uint8Array<ArrayBuffer> | undefined>
  /** What the given bytes are called and said to be. */
  readonly named?: { readonly name?: string; readonly mime?: string }
}

/**
 * Takes an image, a recording or another file in whatever form somebody has it: a reference, the bytes, a `data:` URL, an address on the
 * web, a path, of a file the id of an upload. What it is is seen by its bytes, whatever is said of it. Only files keep their names, which
 * go with them to the model. Throws `data-invalid` with what to do for what is none, and for one too large to be kept.
 */
export async function takeMedia(kind: MediaKind, given: unknown, options: TakeMediaOptions): Promise<FileRef> {
  const { fetch, readPath, named = {} } = options
  const keep = (file: Given): Promise<FileRef> => keepAs(kind, file, options)
  if (isBlobRef(given) && media[kind].takes(given.mime)) return given
  if ((kind === 'image' && isAddressRef(given)) || (kind === 'file' && isUploadRef(given))) return given
  if (given instanceof Uint8Array)
    return keep({ bytes: new Uint8Array(given), mime: named.mime ?? '', name: named.name, words: 'This file' })
  if (typeof given !== 'string') throw noMedia(kind, shorten(JSON.stringify(given) ?? 'nothing'))
  const text = given.trim()
  const inline = /^data:/i.test(text) ? readDataUrl(text) : undefined
  if (inline) return keep({ ...inline, words: 'This data: URL' })
  if (/^https?:\/\//i.test(text) && fetch)
    return keep({ ...(await fetched(kind, text, fetch)), name: nameIn(new URL(text).pathname), words: shorten(text) })
  if (kind === 'file' && /^file[-_][\w-]{1,190}$/.test(text)) return { $file: text }
  const bytes = /^[a-z]+:\/\//i.test(text) ? undefined : await readPath?.(text)
  if (bytes) return keep({ bytes, mime: '', name: nameIn(text), words: shorten(text) })
  throw noMedia(kind, shorten(text))
}

/** A file in a cell that may hold one: empty stays empty. Throws as `takeMedia` does. */
export async function takeMediaCell(kind: MediaKind, cell: Json, options: TakeMediaOptions): Promise<Json> {
  return cell === null || cell === '' ? null : takeMedia(kind, cell, options)
}

/**
 * Lists and objects with each `data:` URL in them stored as the file that it is; the value itself where there is none. A URL that holds no
 * file stays the text that it was, and `onBad` is told why.
 */
export async function takeInlineMedia(value: Json, options: TakeMediaOptions, onBad: (words: string) => void): Promise<Json> {
  if (typeof value === 'string') return /^\s*data:[^,]{0,200};base64,/i.test(value) ? inlineFile(value, options, onBad) : value
  if (typeof value !== 'object' || value === null || isFileRef(value)) return value
  if (Array.isArray(value)) {
    const items = await Promise.all(value.map((item: Json) => takeInlineMedia(item, options, onBad)))
    return items.every((item, at) => item === value[at]) ? value : items
  }
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, item]) => [key, await takeInlineMedia(item, options, onBad), item] as const),
  )
  return entries.every(([, taken, item]) => taken === item) ? value : Object.fromEntries(entries.map(([key, taken]) => [key, taken]))
}

async function inlineFile(url: string, options: TakeMediaOptions, onBad: (words: string) => void): Promise<Json> {
  const [, said = ''] = /^\s*data:(\w{1,20})\//i.exec(url) ?? []
  const kind = said.toLowerCase() === 'image' ? 'image' : said.toLowerCase() === 'audio' ? 'audio' : 'file'
  try {
    return await takeMedia(kind, url, options)
  } catch (error) {
    if (!isEngineError(error, 'data-invalid')) throw error
    onBad(error.message)
    return url
  }
}

/** True for what a model can be sent as it is, where its bytes could not be had: the address of an image. */
export function isSentByAddress(kind: MediaKind, cell: Json): cell is string {
  return kind === 'image' && typeof cell === 'string' && isWebAddress(cell.trim())
}

interface Given extends ReadFile {
  readonly name?: string | undefined
  /** For a sentence about it. */
  readonly words: string
}

async function keepAs(kind: MediaKind, { bytes, mime, name, words }: Given, { store }: TakeMediaOptions): Promise<FileRef> {
  checkBlobSize(bytes.length, words)
  const type = sniffedMime(bytes) ?? (mime === '' || mime === octets ? (mimeOfName(name ?? '') ?? octets) : mime)
  if (!media[kind].takes(type)) throw noMedia(kind, words)
  const ref = await store.put(bytes, type)
  return kind === 'file' && name !== undefined && isFileName(name) ? { ...ref, name } : ref
}

const octets = 'application/octet-stream'

function nameIn(path: string): string | undefined {
  const last = path.split(/[/\\]/).at(-1) ?? ''
  try {
    return decodeURIComponent(last) || undefined
  } catch {
    return last || undefined
  }
}

async function fetched(kind: MediaKind, url: string, fetch: NonNullable<TakeMediaOptions['fetch']>): Promise<ReadFile> {
  try {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`status ${response.status}`)
    const size = Number(response.headers.get('content-length') ?? 1)
    if (size > 0) checkBlobSize(size, shorten(url))
    return { bytes: new Uint8Array(await response.arrayBuffer()), mime: response.headers.get('content-type')?.split(';')[0] ?? '' }
  } catch (error) {
    if (isEngineError(error)) throw error
    const why = error instanceof Error ? ` (${error.message})` : ''
    throw new EngineError(
      'data-invalid',
      `${shorten(url)} could not be fetched${why}. A web page may not read every address: save ${kind === 'image' ? 'the image' : kind === 'audio' ? 'the recording' : 'it'} and choose the file.`,
      { url },
      error,
    )
  }
}

function noMedia(kind: MediaKind, name: string): EngineError {
  const { noun, advice } = media[kind]
  return new EngineError('data-invalid', `${name} is not ${noun}. ${advice}`)
}

function shorten(text: string): string {
  return `"${text.length > 80 ? `${cutText(text, 80)}…` : text}"`
}
