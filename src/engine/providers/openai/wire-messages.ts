import type {
  ChatCompletionContentPart,
  ChatCompletionFunctionTool,
  ChatCompletionMessageParam,
  ChatCompletionMessageFunctionToolCall,
} from 'openai/resources/chat/completions'
import { toBase64 } from '@/lib/base64'
import { pythonJson } from '@/lib/python-text'
import type { BlobRef } from '../../blobs/blob-ref'
import { readBlob, type BlobStore } from '../../blobs/blob-store'
import type { RemoteRef } from '../../blobs/remote-ref'
import { documentBlock, documentText, type DocumentValue } from '../../blobs/document'
import type { ToolOffer } from '../../lm/lm'
import { type Message, type Part, plainText, textOf } from '../../lm/parts'

/** The bytes of a blob in base64, at the moment a request is written. */
export type ReadBlob = (ref: BlobRef) => Promise<string>

/**
 * Messages as OpenAI's chat completions take them. A text stays a string; images go as `image_url`, recordings as `input_audio`, all
 * else as `file`, each with its data in place. Calls of tools belong to the assistant's message, and each result is a message of its own.
 * Thoughts are not sent back: servers refuse or ignore them.
 */
export async function wireMessages(messages: readonly Message[], readBlob: ReadBlob, cites = false): Promise<ChatCompletionMessageParam[]> {
  const written: ChatCompletionMessageParam[] = []
  for (const { role, content } of messages) {
    if (typeof content === 'string') written.push({ role, content })
    else if (role === 'assistant') written.push(assistantMessage(content))
    else if (role === 'system') written.push({ role, content: plainText(content) })
    else written.push(...(await userMessages(content, readBlob, cites)))
  }
  return written
}

/** A tool as a request offers it. */
export function wireTool({ name, description, parameters }: ToolOffer): ChatCompletionFunctionTool {
  return { type: 'function', function: { name, description, parameters: { ...parameters } } }
}

function assistantMessage(parts: readonly Part[]): ChatCompletionMessageParam {
  const text = textOf(parts)
  const calls = parts.flatMap((part): ChatCompletionMessageFunctionToolCall[] =>
    part.type === 'tool-call'
      ? [
          {
            id: part.id,
            type: 'function',
            function: { name: part.name, arguments: typeof part.args === 'string' ? part.args : pythonJson(part.args) },
          },
        ]
      : [],
  )
  return calls.length === 0 ? { role: 'assistant', content: text } : { role: 'assistant', content: text || null, tool_calls: calls }
}

/** Results first: they answer the calls of the message before. */
async function userMessages(parts: readonly Part[], readBlob: ReadBlob, cites: boolean): Promise<ChatCompletionMessageParam[]> {
  const results = parts.flatMap((part): ChatCompletionMessageParam[] => (part.type === 'tool-result' ? [toolMessage(part)] : []))
  const content: ChatCompletionContentPart[] = []
  for (const part of parts) {
    if (part.type === 'text') content.push({ type: 'text', text: part.text })
    else if (part.type === 'blob') content.push(blobPart(part.ref, await readBlob(part.ref)))
    else if (part.type === 'remote') content.push(remotePart(part.ref))
    else if (part.type === 'document') content.push(documentPart(part.document, cites))
  }
  if (content.length === 0) return results
  const [only, ...others] = content
  return [...results, { role: 'user', content: only?.type === 'text' && others.length === 0 ? only.text : content }]
}

/** With the name of the tool, as DSPy sends it. The SDK does not know that field; it is sent as it stands. */
function toolMessage({ id, name, value }: Extract<Part, { type: 'tool-result' }>): ChatCompletionMessageParam {
  const content = typeof value === 'string' ? value : pythonJson(value)
  return Object.assign({ role: 'tool' as const, tool_call_id: id }, name !== undefined && { name }, { content })
}

function blobPart({ $blob, mime, name }: BlobRef, data: string): ChatCompletionContentPart {
  const url = `data:${mime};base64,${data}`
  const subtype = mime.slice(mime.indexOf('/') + 1).replace(/^x-/, '')
  if (mime.startsWith('image/')) return { type: 'image_url', image_url: { url } }
  if (mime.startsWith('audio/')) return { type: 'input_audio', input_audio: { data, format: audioFormat(subtype) } }
  // Differs: DSPy sends no name where none was given, and OpenAI refuses the data of a file without one.
  return { type: 'file', file: { file_data: url, filename: name ?? `${$blob.slice(0, 8)}.${fileEnding(subtype)}` } }
}

/** The provider fetches the image, or has the file. */
function remotePart(ref: RemoteRef): ChatCompletionContentPart {
  if ('$url' in ref) return { type: 'image_url', image_url: { url: ref.$url } }
  return { type: 'file', file: { file_id: ref.$file, ...(ref.name !== undefined && { filename: ref.name }) } }
}

/**
 * Differs: DSPy sends every document as a block of Anthropic's, which other endpoints refuse. Only a model that cites gets the block here;
 * any other one gets the text, and of a PDF the file.
 */
function documentPart(document: DocumentValue, cites: boolean): ChatCompletionContentPart {
  // The block is none that the SDK knows, and it is sent as it stands.
  if (cites) return documentBlock(document) as unknown as ChatCompletionContentPart
  if (document.media_type !== 'application/pdf') return { type: 'text', text: documentText(document) }
  const filename = `${document.title ?? 'document'}.pdf`
  return { type: 'file', file: { file_data: `data:application/pdf;base64,${document.data}`, filename } }
}

/** The API names two; a server that takes more of them names them by their subtype. */
function audioFormat(subtype: string): 'wav' | 'mp3' {
  const name = { mpeg: 'mp3', mp3: 'mp3', wave: 'wav', vnd_wave: 'wav' }[subtype.replace('.', '_')] ?? subtype
  return name as 'wav' | 'mp3'
}

function fileEnding(subtype: string): string {
  return { plain: 'txt', markdown: 'md', javascript: 'js', 'octet-stream': 'bin' }[subtype] ?? subtype.replace(/^vnd\./, '')
}

/** Reads blobs of a store, and keeps the text of the latest ones: demos go out with every request of a run. */
export function blobReader(store: Pick<BlobStore, 'get'> | undefined): ReadBlob {
  const latest = new Map<string, { readonly data: Promise<string>; readonly bytes: number }>()
  let kept = 0
  const forget = (hash: string): void => {
    kept -= latest.get(hash)?.bytes ?? 0
    latest.delete(hash)
  }
  return ref => {
    const known = latest.get(ref.$blob)
    forget(ref.$blob)
    const data = known?.data ?? readBlob(store, ref).then(toBase64)
    // Asked for again, it is read again: it may have been put back.
    if (!known) data.catch(() => forget(ref.$blob))
    latest.set(ref.$blob, { data, bytes: ref.bytes })
    kept += ref.bytes
    for (const hash of latest.keys()) {
      if (kept <= mostKept || hash === ref.$blob) break
      forget(hash)
    }
    return data
  }
}

/** Bytes, before they are base64. */
const mostKept = 40_000_000
