import { cutText } from '@/lib/cut-text'
import type { Json } from '@/lib/json'
import { EngineError, isEngineError } from '../base/errors'
import { isBlobRef, type BlobRef } from './blob-ref'
import { checkBlobSize, type BlobStore } from './blob-store'
import { readDataUrl, sniffedMime, type ReadFile } from './data-url'

export interface TakeImageOptions {
  readonly store: Pick<BlobStore, 'put'>
  /** Fetches addresses on the web; without it they are refused. */
  readonly fetch?: (url: string) => Promise<Response>
  /** Reads a path of this machine, where there are any; undefined for one that is not there. */
  readonly readPath?: (path: string) => Promise<Uint8Array<ArrayBuffer> | undefined>
}

/**
 * Takes an image in whatever form somebody has it: a reference, the bytes, a `data:` URL, an address on the web, or a path. What it is is
 * seen by its bytes, whatever is said of it. Throws `data-invalid` with what to do for what is none, and for one too large to be kept.
 */
export async function takeImage(given: unknown, { store, fetch, readPath }: TakeImageOptions): Promise<BlobRef> {
  if (isBlobRef(given)) return given
  if (given instanceof Uint8Array) return keep({ bytes: new Uint8Array(given), mime: '' }, 'These bytes', store)
  if (typeof given !== 'string') throw noImage(shorten(JSON.stringify(given) ?? 'nothing'))
  const text = given.trim()
  const inline = /^data:/i.test(text) ? readDataUrl(text) : undefined
  if (inline) return keep(inline, 'This data: URL', store)
  if (/^https?:\/\//i.test(text) && fetch) return keep(await fetched(text, fetch), shorten(text), store)
  const bytes = /^[a-z]+:\/\//i.test(text) ? undefined : await readPath?.(text)
  if (bytes) return keep({ bytes, mime: '' }, shorten(text), store)
  throw noImage(shorten(text))
}

/** An image in a cell that may hold one: empty stays empty. Throws as `takeImage` does. */
export async function takeImageCell(cell: Json, options: TakeImageOptions): Promise<Json> {
  return cell === null || cell === '' ? null : takeImage(cell, options)
}

async function keep({ bytes, mime }: ReadFile, name: string, store: Pick<BlobStore, 'put'>): Promise<BlobRef> {
  checkBlobSize(bytes.length, name)
  const type = sniffedMime(bytes) ?? mime
  if (!type.startsWith('image/')) throw noImage(name)
  return store.put(bytes, type)
}

async function fetched(url: string, fetch: NonNullable<TakeImageOptions['fetch']>): Promise<ReadFile> {
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
      `${shorten(url)} could not be fetched${why}. A web page may not read every address: save the image and choose the file.`,
      { url },
      error,
    )
  }
}

function noImage(name: string): EngineError {
  return new EngineError(
    'data-invalid',
    `${name} is not an image. Give a PNG, JPEG, WebP, GIF or SVG: a file, a data: URL, or its address.`,
  )
}

function shorten(text: string): string {
  return `"${text.length > 80 ? `${cutText(text, 80)}…` : text}"`
}
