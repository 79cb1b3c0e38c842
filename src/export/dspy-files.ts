import { toBase64 } from '@/lib/base64'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { pythonJson } from '@/lib/python-text'
import { blobRefsIn, type BlobRef } from '@/engine/blobs/blob-ref'
import { maxBlobBytes, type BlobStore } from '@/engine/blobs/blob-store'
import { readDataUrl, type ReadFile } from '@/engine/blobs/data-url'
import type { Demo, ProgramState } from '@/engine/program/program'

/** Files as they stand in the demos of a DSPy state, by their hash. */
export type DspyFiles = ReadonlyMap<string, string>

/**
 * Reads every file that a state names, for `dspyState`. One that is missing is left out, and is described there in words. DSPy keeps an
 * image in a demo as its content block in JSON between two marks, and finds it there when it writes a prompt. Source: dspy-spec §2.6, §7.5.
 */
export async function dspyFilesOf(store: Pick<BlobStore, 'get'>, state: ProgramState): Promise<DspyFiles> {
  const files = new Map<string, string>()
  for (const ref of blobRefsIn(state)) {
    const bytes = await store.get(ref)
    if (bytes) files.set(ref.$blob, `${opening}${pythonJson([blockOf(ref, toBase64(bytes))])}${closing}`)
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
      const data = typeof value === 'string' ? dataIn(value) : undefined
      return [name, data ? await store.put(data.bytes, data.mime) : value]
    }),
  )
  return Object.fromEntries(entries)
}

function blockOf({ $blob, mime }: BlobRef, data: string): Json {
  const url = `data:${mime};base64,${data}`
  const [kind, subtype = ''] = mime.split('/')
  if (kind === 'image') return { type: 'image_url', image_url: { url } }
  if (kind === 'audio')
    return { type: 'input_audio', input_audio: { data, format: subtype === 'mpeg' ? 'mp3' : subtype.replace(/^x-/, '') } }
  return { type: 'file', file: { file_data: url, filename: $blob.slice(0, 8) } }
}

/** The file in a value that is one and nothing else. Broken data, and more than is kept, stays the text that it is. */
function dataIn(text: string): ReadFile | undefined {
  if (!text.startsWith(opening) || !text.endsWith(closing)) return undefined
  const parsed = parseJson(text.slice(opening.length, -closing.length))
  const [block, ...others] = parsed.ok && Array.isArray(parsed.value) ? parsed.value : []
  if (!isJsonObject(block) || others.length > 0) return undefined
  const url = member(block, 'image_url', 'url') ?? member(block, 'file', 'file_data')
  const sound = member(block, 'input_audio', 'data')
  const file = readDataUrl(url ?? `data:audio/${member(block, 'input_audio', 'format') ?? 'wav'};base64,${sound ?? ''}`)
  return file && file.bytes.length > 0 && file.bytes.length <= maxBlobBytes ? file : undefined
}

function member(block: JsonObject, name: string, key: string): string | undefined {
  const inner = block[name]
  const value = isJsonObject(inner) ? inner[key] : undefined
  return typeof value === 'string' ? value : undefined
}

const opening = '<<CUSTOM-TYPE-START-IDENTIFIER>>'
const closing = '<<CUSTOM-TYPE-END-IDENTIFIER>>'
