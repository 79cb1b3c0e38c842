import { z } from 'zod'
import { isJson, type Json } from '@/lib/json'
import { isBlobRef, type BlobRef } from '../blobs/blob-ref'
import { isRemoteRef, type RemoteRef } from '../blobs/remote-ref'
import { isDocument, type DocumentValue } from '../blobs/document'
import type { Message, Part } from './parts'

const blobRefSchema = z.custom<BlobRef>(isBlobRef, 'is not a reference to a file')
const remoteRefSchema = z.custom<RemoteRef>(isRemoteRef, 'is not a file at an address or under an id')
const documentSchema = z.custom<DocumentValue>(isDocument, 'is not a document')
const valueSchema = z.custom<Json>(isJson, 'is not a JSON value')

/** Parts as they come in with a file or a stored record. */
export const partsSchema: z.ZodType<readonly Part[]> = z.array(
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({ type: z.literal('reasoning'), text: z.string() }),
    z.object({ type: z.literal('tool-call'), id: z.string(), name: z.string(), args: valueSchema }),
    z.object({ type: z.literal('tool-result'), id: z.string(), name: z.string().optional(), value: valueSchema }),
    z.object({ type: z.literal('blob'), ref: blobRefSchema }),
    z.object({ type: z.literal('remote'), ref: remoteRefSchema }),
    z.object({ type: z.literal('document'), document: documentSchema }),
    z.object({ type: z.literal('citations'), citations: z.array(valueSchema) }),
  ]),
)

export const messageSchema: z.ZodType<Message> = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.union([z.string(), partsSchema]),
})
