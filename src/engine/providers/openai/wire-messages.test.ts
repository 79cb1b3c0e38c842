import { afterEach, describe, expect, it } from 'vitest'
import { startFakeOpenAi, type FakeOpenAi } from '../../../../e2e/fake-openai'
import { manualClock } from '@/testing/manual-clock'
import type { BlobRef } from '../../blobs/blob-ref'
import type { RemoteRef } from '../../blobs/remote-ref'
import { memoryBlobs } from '../../blobs/blob-store'
import type { Message } from '../../lm/parts'
import { createConnector } from '../connect'
import type { ModelSpec } from '../../lm/lm'
import { testCall, testRequest } from '@/testing/test-call'
import { blobReader } from './wire-messages'

let server: FakeOpenAi | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const blobs = memoryBlobs()
const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values)
const image = await blobs.put(bytes(0x89, 0x50, 0x4e, 0x47), 'image/png')
const sound = await blobs.put(bytes(1, 2, 3), 'audio/mpeg')
const page = await blobs.put(bytes(0x25, 0x50, 0x44, 0x46), 'application/pdf')
const part = (ref: BlobRef) => ({ type: 'blob', ref }) as const
const text = (words: string) => ({ type: 'text', text: words }) as const

/** The body as it came over the wire. */
async function sent(messages: readonly Message[], refused: readonly 'system'[] = [], name = 'm'): Promise<string> {
  server = await startFakeOpenAi({ answer: () => 'ok' })
  const model: ModelSpec = { id: 'm', label: 'M', provider: 'openai-compatible', model: name, baseUrl: server.url, settings: {} }
  const connect = createConnector({ fetch: globalThis.fetch, clock: manualClock(), authorize: async () => undefined, blobs })
  await connect(model).generate(testRequest('', { model: name, messages }), testCall({ refused }))
  return server.requests[0]?.text ?? ''
}

describe('a request over HTTP', () => {
  it('is byte for byte what it was where it is all text', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [text('Which?')] },
    ]
    expect(await sent(messages)).toBe(
      '{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Which?"}],"stream":false}',
    )
  })

  it('carries the data of each file in its place', async () => {
    expect(await sent([{ role: 'user', content: [text('See '), part(image), text(', hear '), part(sound), part(page)] }])).toBe(
      '{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"See "},' +
        '{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="}},{"type":"text","text":", hear "},' +
        '{"type":"input_audio","input_audio":{"data":"AQID","format":"mp3"}},' +
        `{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERg==","filename":"${page.$blob.slice(0, 8)}.pdf"}}]}],"stream":false}`,
    )
  })

  it('carries the name of a file, the address of an image and the id of an upload', async () => {
    const remote = (ref: RemoteRef) => ({ type: 'remote', ref }) as const
    const content = [part({ ...page, name: 'terms.pdf' }), remote({ $url: 'https://a.example/b.png' }), remote({ $file: 'file-1' })]
    expect(await sent([{ role: 'user', content }])).toContain(
      '[{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERg==","filename":"terms.pdf"}},' +
        '{"type":"image_url","image_url":{"url":"https://a.example/b.png"}},{"type":"file","file":{"file_id":"file-1"}}]',
    )
  })

  it('carries a document as its text, and as a block to a model that cites', async () => {
    const document = { type: 'document', document: { data: 'Sky is blue.', title: 'Sky' } } as const
    const messages: Message[] = [{ role: 'user', content: [text('Read: '), document] }]
    expect(await sent(messages)).toContain('"content":[{"type":"text","text":"Read: "},{"type":"text","text":"Title: Sky\\nSky is blue."}]')
    await server?.close()
    expect(await sent(messages, [], 'anthropic/claude')).toContain(
      '{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Sky is blue."},"citations":{"enabled":true},"title":"Sky"}',
    )
  })

  it('carries calls of tools and their results, and no thoughts', async () => {
    const messages: Message[] = [
      { role: 'user', content: 'Find x.' },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'tool-call', id: 'c1', name: 'find', args: { q: 'x' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool-result', id: 'c1', value: { found: true } }, text('And now?'), part(image)] },
      { role: 'assistant', content: [{ type: 'reasoning', text: 'so' }, text('Done.')] },
    ]
    expect(await sent(messages)).toBe(
      '{"model":"m","messages":[{"role":"user","content":"Find x."},' +
        '{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\\"q\\": \\"x\\"}"}}]},' +
        '{"role":"tool","tool_call_id":"c1","content":"{\\"found\\": true}"},' +
        '{"role":"user","content":[{"type":"text","text":"And now?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="}}]},' +
        '{"role":"assistant","content":"Done."}],"stream":false}',
    )
  })

  it('takes a system message that is refused in front of the parts', async () => {
    const messages: Message[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [part(image), text('What?')] },
    ]
    expect(await sent(messages, ['system'])).toBe(
      '{"model":"m","stream":false,"messages":[{"role":"user","content":[{"type":"text","text":"Be brief.\\n\\n"},' +
        '{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw=="}},{"type":"text","text":"What?"}]}]}',
    )
  })

  it('is not sent where a file is gone', async () => {
    const gone = { ...image, $blob: 'e'.repeat(64) }
    await expect(sent([{ role: 'user', content: [part(gone)] }])).rejects.toMatchObject({ code: 'blob-missing' })
    expect(server?.requests).toEqual([])
  })
})

describe('reading files for requests', () => {
  it('reads each once while it is asked for, and one that failed again', async () => {
    let reads = 0
    let isThere = false
    const read = blobReader({
      async get(ref) {
        reads += 1
        return isThere ? blobs.get(ref) : undefined
      },
    })
    await expect(read(image)).rejects.toMatchObject({ code: 'blob-missing' })
    isThere = true
    expect(await Promise.all([read(image), read(image)])).toEqual(['iVBORw==', 'iVBORw=='])
    expect(await read(image)).toBe('iVBORw==')
    expect(reads).toBe(2)
  })

  it('lets go of those that were not asked for lately, so that memory has a bound', async () => {
    const asked: string[] = []
    const read = blobReader({
      async get({ $blob }) {
        asked.push($blob.slice(0, 1))
        return bytes(1)
      },
    })
    const large = (letter: string): BlobRef => ({ $blob: letter.repeat(64), mime: 'image/png', bytes: 15_000_000 })
    for (const letter of ['a', 'b', 'a', 'c', 'a', 'b']) await read(large(letter))
    expect(asked).toEqual(['a', 'b', 'c', 'b'])
  })
})
