import { createServer, type Server, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { nodeFetch } from '@/cli/headless/node-fetch'
import { systemClock } from '@/lib/system-clock'
import { bodyStart, bodyText, BodyTooLong, mostBodyBytes } from './body-text'
import { openAiCompatible } from './openai-compatible'
import { createTransport } from './transport'
import type { Fetch } from '../base/host'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** The address of a server that answers everything in one way. */
async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const started = createServer((request, response) => {
    request.resume()
    response.on('error', () => undefined)
    answer(response)
  })
  server = started
  await new Promise<void>(resolve => started.listen(0, '127.0.0.1', resolve))
  const address = started.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}/v1`
}

/** Sends as fast as it is taken, without end. Counts what went out. */
function endless(status: number, counted: { bytes: number }): (response: ServerResponse) => void {
  const piece = Buffer.alloc(64 * 1024, 'x')
  return response => {
    response.writeHead(status, { 'content-type': 'application/json' })
    const send = (): void => {
      while (!response.destroyed) {
        counted.bytes += piece.length
        if (!response.write(piece)) return
      }
    }
    response.on('drain', send)
    send()
  }
}

/** A gigabyte of spaces in about a megabyte. */
function bomb(response: ServerResponse): void {
  const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  for (let part = 0; part < 16; part += 1) response.write(packed)
  response.end()
}

async function ask(baseUrl: string, fetch: Fetch): Promise<unknown> {
  const lm = openAiCompatible(createTransport({ baseUrl, fetch, clock: systemClock, authorize: async () => undefined }), systemClock)
  const call = { signal: new AbortController().signal, rollout: 0, purpose: 'evaluate' } as const
  return lm.generate({ model: 'm', messages: [{ role: 'user', content: 'a' }], settings: {} }, call)
}

const fetches: Readonly<Record<string, Fetch>> = { 'the page': (url, init) => fetch(url, init), 'the command line': nodeFetch }

describe('bodies without end', { timeout: 120_000 }, () => {
  for (const [name, fetch] of Object.entries(fetches)) {
    it(`are read up to a limit and told in words, as ${name} asks`, async () => {
      const counted = { bytes: 0 }
      const failed = ask(await serve(endless(200, counted)), fetch)
      await expect(failed).rejects.toMatchObject({ code: 'lm-bad-response', facts: { isRetryable: false } })
      await expect(failed).rejects.toThrow(/sent more than 32 MB in one answer/)
      expect(counted.bytes).toBeLessThan(4 * mostBodyBytes)
    })

    it(`of a refusal are read at their front, as ${name} asks`, async () => {
      const counted = { bytes: 0 }
      await expect(ask(await serve(endless(400, counted)), fetch)).rejects.toMatchObject({ code: 'lm-bad-request' })
      expect(counted.bytes).toBeLessThan(mostBodyBytes)
    })
  }

  it('also where few bytes unpack to many', async () => {
    const before = process.memoryUsage().rss
    await expect(ask(await serve(bomb), (url, init) => fetch(url, init))).rejects.toThrow(/sent more than 32 MB/)
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024)
  })

  it('and an answer longer than any model writes is no answer', async () => {
    const message = { role: 'assistant', content: 'word '.repeat(1_000_000) }
    const body = JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] })
    await expect(ask(await serve(response => response.end(body)), nodeFetch)).rejects.toThrow(/5 million characters, more than is read/)
  })
})

describe('a body', () => {
  it('is decoded across its pieces, and cut at the limit', async () => {
    const bytes = new TextEncoder().encode('zwölf😀')
    const response = (): Response =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
            controller.close()
          },
        }),
      )
    expect(await bodyText(response(), bytes.length)).toBe('zwölf😀')
    await expect(bodyText(response(), bytes.length - 1)).rejects.toBeInstanceOf(BodyTooLong)
    expect(await bodyStart(response(), undefined, 6)).toBe('zwölf')
    expect(await bodyText(new Response(null))).toBe('')
  })
})
