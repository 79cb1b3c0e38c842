import { isJsonObject, type Json, type JsonObject } from '@/lib/json'
import { isBlobRef, type FileRef } from '../../blobs/blob-ref'
import { isAddressRef, isFileName, isUploadId, isUploadRef, isWebAddress } from '../../blobs/remote-ref'
import type { FieldType, TypeOf } from './field-type'
import { fitted, type TypeKind } from './type-kind'

/** DSPy's `Image`: a picture that is kept here, or the address of one, which is sent as it is. */
export const imageKind = mediaKind<TypeOf<'image'>>({
  example: { kind: 'image' },
  help: 'A picture to look at',
  given: 'images',
  name: 'Image',
  json: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
  read(value) {
    if (isBlobRef(value)) return value.mime.startsWith('image/') ? value : undefined
    if (isAddressRef(value)) return value
    // As DSPy's class has it: a text, or `{"url": …}`.
    const url = isJsonObject(value) && Object.keys(value).length === 1 ? value['url'] : value
    return typeof url === 'string' && isWebAddress(url.trim()) ? { $url: url.trim() } : undefined
  },
})

/** DSPy's `Audio`: a recording. It goes with its bytes and their format: no provider fetches one. */
export const audioKind = mediaKind<TypeOf<'audio'>>({
  example: { kind: 'audio' },
  help: 'A recording to listen to',
  given: 'recordings',
  name: 'Audio',
  json: {
    type: 'object',
    properties: { audio_format: { type: 'string' }, data: { type: 'string' } },
    required: ['data', 'audio_format'],
  },
  read: value => (isBlobRef(value) && value.mime.startsWith('audio/') ? value : undefined),
})

/** DSPy's `File`: a PDF or another file with its name, or the id of one that the provider has. */
export const fileKind = mediaKind<TypeOf<'file'>>({
  example: { kind: 'file' },
  help: 'A PDF or another file to read',
  given: 'files',
  name: 'File',
  json: { type: 'object', properties: { file_data: { type: 'string' }, file_id: { type: 'string' }, filename: { type: 'string' } } },
  read(value) {
    if (isBlobRef(value) || isUploadRef(value)) return value
    if (!isJsonObject(value)) return undefined
    const { file_id: id, filename: name, ...others } = value
    if (typeof id !== 'string' || !isUploadId(id) || Object.keys(others).length > 0) return undefined
    return { $file: id, ...(isFileName(name) && { name }) }
  },
})

interface MediaKind<T> {
  readonly example: T
  readonly help: string
  readonly given: string
  readonly name: string
  readonly json: JsonObject
  read(value: Json): FileRef | undefined
}

/** What a model is shown and never asked for: a reference to its bytes, a part of its own in a message. */
function mediaKind<T extends FieldType>({ example, help, given, name, json, read }: MediaKind<T>): TypeKind<T> {
  return {
    help,
    example,
    given,
    isFile: true,
    spell: (_type, _spell, place) => (place === 'prompt' ? name : `dspy.${name}`),
    schema: () => json,
    closedSchema: () => undefined,
    fit: (_type, value) => fitted(read(value)),
    fitness: (_type, value) => (read(value) === undefined ? 'lax' : 'exact'),
    parts: () => [],
  }
}
