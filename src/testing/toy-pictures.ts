import type { Example } from '@/engine/base/example'
import type { FakeRequest } from '../../e2e/fake-openai'
import type { BlobRef } from '@/engine/blobs/blob-ref'
import { memoryBlobs } from '@/engine/blobs/blob-store'
import { fromBase64 } from '@/lib/base64'
import { toyLabelOf, toyRows, toyWords } from './toy-programs'

/** The toy task on pictures: in place of its text, each row shows one, and what it is a picture of decides the label. */
export const pictures = memoryBlobs()
export const pictureOf: ReadonlyMap<string, BlobRef> = new Map(
  await Promise.all(
    toyWords.map(async word => [word, await pictures.put(new TextEncoder().encode(`picture of ${word}`), 'image/png')] as const),
  ),
)

export function pictureRows(count: number, from = 0): readonly Example[] {
  return toyRows(count, from).map(row => {
    const word = /item (\w+)/.exec(String(row.inputs['text']))?.[1] ?? ''
    return { ...row, inputs: { text: pictureOf.get(word) ?? null } }
  })
}

/** A model that reads the bytes it is sent, and knows nothing else. */
export function look({ body }: Pick<FakeRequest, 'body'>): string {
  const messages = body['messages'] as readonly { content: string | readonly { type: string; image_url?: { url: string } }[] }[]
  const content = messages.at(-1)?.content ?? ''
  const url = typeof content === 'string' ? '' : (content.find(({ type }) => type === 'image_url')?.image_url?.url ?? '')
  const data = fromBase64(url.replace('data:image/png;base64,', ''))
  const word = /picture of (\w+)/.exec(new TextDecoder().decode(data))?.[1] ?? ''
  return `[[ ## label ## ]]\n${toyLabelOf(word)}\n\n[[ ## completed ## ]]\n`
}
