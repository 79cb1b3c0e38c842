import type { Json } from '@/lib/json'
import { fileWords, type BlobRef } from '../blobs/blob-ref'
import type { RemoteRef } from '../blobs/remote-ref'
import { documentText, type DocumentValue } from '../blobs/document'

/** A piece of a message or of an answer, in the order they come. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  /** What a model thought: shown, and never sent. */
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly args: Json }
  | { readonly type: 'tool-result'; readonly id: string; readonly name?: string; readonly value: Json }
  | { readonly type: 'blob'; readonly ref: BlobRef }
  /** A file that the provider has or fetches. */
  | { readonly type: 'remote'; readonly ref: RemoteRef }
  /** A text that an answer may cite. */
  | { readonly type: 'document'; readonly document: DocumentValue }
  /** What of the documents an answer stands on, as the provider tells it. */
  | { readonly type: 'citations'; readonly citations: readonly Json[] }

/** A text alone is a string; a string and its one text part mean the same and have one key. */
export type Content = string | readonly Part[]

export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: Content
}

/** A message of words alone. */
export interface PlainMessage extends Message {
  readonly content: string
}

/** The simplest content of the same meaning. */
export function contentOf(parts: readonly Part[]): Content {
  const [only, ...others] = parts
  return only?.type === 'text' && others.length === 0 ? only.text : parts
}

export function partsOf(content: Content): readonly Part[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content
}

/** The words alone. */
export function textOf(content: Content): string {
  if (typeof content === 'string') return content
  return content.map(part => (part.type === 'text' ? part.text : '')).join('')
}

export function blobsOf(content: Content): readonly BlobRef[] {
  return typeof content === 'string' ? [] : content.flatMap(part => (part.type === 'blob' ? [part.ref] : []))
}

/** Files that are not kept here. */
export function remotesOf(content: Content): readonly RemoteRef[] {
  return typeof content === 'string' ? [] : content.flatMap(part => (part.type === 'remote' ? [part.ref] : []))
}

/** All that is sent, as text: a blob by its description, tool calls and their results by their JSON. For whoever reads text only. */
export function plainText(content: Content): string {
  return typeof content === 'string' ? content : content.map(plainPart).join('')
}

/** Messages in which every part is text; the list itself where it holds nothing else. */
export function plainMessages(messages: readonly Message[]): readonly PlainMessage[] {
  if (arePlain(messages)) return messages
  return messages.map(message => ({ ...message, content: plainText(message.content) }))
}

function arePlain(messages: readonly Message[]): messages is readonly PlainMessage[] {
  return messages.every(isPlain)
}

function isPlain(message: Message): message is PlainMessage {
  return typeof message.content === 'string'
}

function plainPart(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'reasoning':
    case 'citations':
      return ''
    case 'blob':
    case 'remote':
      return `[${fileWords(part.ref)}]`
    case 'document':
      return documentText(part.document)
    case 'tool-call':
      return `[calls ${part.name} with ${JSON.stringify(part.args)}]`
    case 'tool-result':
      return `[result: ${JSON.stringify(part.value)}]`
    default:
      return part satisfies never
  }
}
