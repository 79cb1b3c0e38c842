import { toBase64 } from '@/lib/base64'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { pythonJson } from '@/lib/python-text'
import { fileRefsIn, type FileRef } from '@/engine/blobs/blob-ref'
import { isAddressRef, isFileName, isUploadRef, type RemoteRef } from '@/engine/blobs/remote-ref'
import { canonicalJson } from '@/lib/canonical-json'
import { maxBlobBytes, type BlobStore } from '@/engine/blobs/blob-store'
import { readDataUrl, type ReadFile } from '@/engine/blobs/data-url'
import type { Demo, ProgramState } from '@/engine/program/program'

/** Files as they stand in the demos of a DSPy state, by `fileKey`. */
export type DspyFiles = ReadonlyMap<string, string>

/** One and the same bytes may go under two names. */
export function fileKey(ref: FileRef): string {
  return canonicalJson(ref)
}

/**
 * Reads every file that a state, or anything else, names: for `dspyState`. One that is missing is left out, and is described there in words. DSPy keeps a
 * file in a demo as its content block in JSON between two marks, and finds it there when it writes a prompt. Source: dspy-spec §2.6, §7.5.
 */
export async function dspyFilesOf(store: Pick<BlobStore, 'get'>, state: unknown): Promise<DspyFiles> {
  const files = new Map<string, string>()
  for (const ref of fileRefsIn(state)) {
    const block = await blockOf(ref, store)
    if (block) files.set(fileKey(ref), `${opening}${pythonJson([block])}${closing}`)
  }
  return files
}

/** The state with the files in the demos of a DSPy file taken out into the store. What is no file of its own stays as it is. */
export async function takeDspyFiles(store: Pick<BlobStore, 'put'>, state: ProgramState): Promise<ProgramState> {
  const entries = await Promise.all(
    Object.entries(state).map(async ([id, learned]) => {
      const demos = await Promise.all(learned.demos.map(demo => withRefs(store, demo)))
      return [id, { ...learned, demos }] as const
    }),
  )
  return Object.fromEntries(entries)
}

async function withRefs(store: Pick<BlobStore, 'put'>, demo: Demo): Promise<Demo> {
  const entries = await Promise.all(
    Object.entries(demo).map(async ([name, value]): Promise<[string, Json]> => {
      const found = typeof value === 'string' ? fileIn(value) : undefined
      if (found === undefined || !('bytes' in found)) return [name, found ?? value]
      const ref = await store.put(found.bytes, found.mime)
      return [name, found.name === undefined ? ref : { ...ref, name: found.name }]
    }),
  )
  return Object.fromEntries(entries)
}

/** As DSPy's classes write themselves; undefined for a file that is missing. */
async function blockOf(ref: FileRef, store: Pick<BlobStore, 'get'>): Promise<Json | undefined> {
  if ('$url' in ref) return { type: 'image_url', image_url: { url: ref.$url } }
  if ('$file' in ref) return { type: 'file', file: { file_id: ref.$file, ...(ref.name !== undefined && { filename: ref.name }) } }
  const bytes = await store.get(ref)
  if (bytes === undefined) return undefined
  const data = toBase64(bytes)
  const url = `data:${ref.mime};base64,${data}`
  const [kind, subtype = ''] = ref.mime.split('/')
  if (kind === 'image') return { type: 'image_url', image_url: { url } }
  if (kind === 'audio')
    return { type: 'input_audio', input_audio: { data, format: subtype === 'mpeg' ? 'mp3' : subtype.replace(/^x-/, '') } }
  return { type: 'file', file: { file_data: url, filename: ref.name ?? ref.$blob.slice(0, 8) } }
}

type FoundFile = (ReadFile & { readonly name?: string | undefined }) | RemoteRef

/** The file in a value that is one and nothing else. Broken data, and more than is kept, stays the text that it is. */
function fileIn(text: string): FoundFile | undefined {
  if (!text.startsWith(opening) || !text.endsWith(closing)) return undefined
  const parsed = parseJson(text.slice(opening.length, -closing.length))
  const [block, ...others] = parsed.ok && Array.isArray(parsed.value) ? parsed.value : []
  if (!isJsonObject(block) || others.length > 0) return undefined
  const address = { $url: member(block, 'image_url', 'url') ?? '' }
  if (isAddressRef(address)) return address
  const name = member(block, 'file', 'filename')
  const upload = { $file: member(block, 'file', 'file_id') ?? '', ...(name !== undefined && { name }) }
  if (isUploadRef(upload)) return upload
  const url = member(block, 'image_url', 'url') ?? member(block, 'file', 'file_data')
  const sound = member(block, 'input_audio', 'data')
  const format = member(block, 'input_audio', 'format') ?? 'wav'
  const file = readDataUrl(url ?? `data:audio/${format === 'mp3' ? 'mpeg' : format};base64,${sound ?? ''}`)
  return file && file.bytes.length > 0 && file.bytes.length <= maxBlobBytes ? { ...file, ...(isFileName(name) && { name }) } : undefined
}

function member(block: JsonObject, name: string, key: string): string | undefined {
  const inner = block[name]
  const value = isJsonObject(inner) ? inner[key] : undefined
  return typeof value === 'string' ? value : undefined
}

const opening = '<<CUSTOM-TYPE-START-IDENTIFIER>>'
const closing = '<<CUSTOM-TYPE-END-IDENTIFIER>>'
