import { isJson } from '@/lib/json'
import { isBlobRef } from '../blobs/blob-ref'
import { takeMedia, type TakeMediaOptions } from '../blobs/take-media'
import { holdsFile } from '../signature/types/registry'
import { coerceValue } from '../signature/check-value'
import type { FieldType, TypeOf } from '../signature/types/field-type'
import { partType } from '../signature/types/registry'

/**
 * A value of a type with each file in it stored and named by its hash, in whatever form they are given; see `takeMedia`. A file may be
 * an object, too: `{ url }` of an image, whose address is sent then, `{ file_data, filename }` or `{ file_id, filename }` of a file. Throws
 * `data-invalid` for what is none of its type.
 */
export async function takeFiles(type: FieldType, given: unknown, options: TakeMediaOptions): Promise<unknown> {
  if (type.kind === 'image' || type.kind === 'audio' || type.kind === 'file') return takeFile(type, given, options)
  if (type.kind === 'optional') return given === null ? null : takeFiles(type.of, given, options)
  if (!holdsFile(type) || typeof given !== 'object' || given === null) return given
  if (Array.isArray(given)) return Promise.all(given.map((item, at) => takeFiles(partType(type, at) ?? { kind: 'any' }, item, options)))
  const entries = Object.entries(given).map(
    async ([key, item]) => [key, await takeFiles(partType(type, key) ?? { kind: 'any' }, item, options)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

async function takeFile(type: TypeOf<'image' | 'audio' | 'file'>, given: unknown, options: TakeMediaOptions): Promise<unknown> {
  // What the type reads as it is needs no bytes: a reference, the address of an image in an object, the id of an upload.
  const read = typeof given !== 'string' && isJson(given) ? coerceValue(type, given) : undefined
  if (read?.ok) return read.value
  if (typeof given !== 'object' || given === null || given instanceof Uint8Array || !('file_data' in given))
    return takeMedia(type.kind, given, options)
  const { file_data: data, filename } = given as { readonly file_data: unknown; readonly filename?: unknown }
  const name = typeof filename === 'string' ? { name: filename } : {}
  const ref = await takeMedia(type.kind, data, { ...options, named: name })
  return isBlobRef(ref) ? { ...ref, ...name } : ref
}
