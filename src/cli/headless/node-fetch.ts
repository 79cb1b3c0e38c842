import { Readable } from 'node:stream'
import { Agent, request, type Dispatcher } from 'undici'
import { BodyTooLong, mostBodyBytes, mostRefusalBytes } from '@/engine/providers/openai/body-text'

/**
 * `fetch` for thousands of small JSON calls: the same client as Node's own `fetch`, asked directly, for about half the CPU time of
 * a call: no streams, clones and header objects that nobody reads here. Redirects are not followed.
 */
export async function nodeFetch(url: string, init: RequestInit): Promise<Response> {
  const options = {
    method: methodOf(init),
    headers: headersOf(init),
    signal: init.signal ?? null,
    dispatcher,
    ...(typeof init.body === 'string' && { body: init.body }),
  }
  const answer = await request(url, options).catch((error: unknown) => {
    throw init.signal?.aborted ? init.signal.reason : new TypeError('fetch failed', { cause: error })
  })
  if (answer.statusCode >= 300 && answer.statusCode < 400) await answer.body.dump()
  // Only a refusal says something in its headers: how long to wait.
  const headers = answer.statusCode < 300 ? noHeaders : new Headers()
  if (headers !== noHeaders)
    for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) headers.set(name, String(value))
  const isRefusal = answer.statusCode >= 300
  const text = () =>
    boundedText(answer, isRefusal ? mostRefusalBytes : mostBodyBytes, isRefusal).catch((error: unknown) => {
      if (error instanceof BodyTooLong) throw error
      throw init.signal?.aborted ? init.signal.reason : new TypeError('terminated', { cause: error })
    })
  // An answer in pieces, which was asked for so that somebody sees it come.
  const isStream = !isRefusal && String(answer.headers['content-type'] ?? '').startsWith('text/event-stream')
  if (isStream) return { ok: true, status: answer.statusCode, url, headers, body: Readable.toWeb(answer.body) } as unknown as Response
  // What the engine's transport and the SDK read of a response; a whole one costs as much as the call.
  return { ok: answer.statusCode < 300, status: answer.statusCode, url, headers, text } as Response
}

/**
 * A body of a told length that is small enough is read at once: the client holds the server to it. Of any other the bytes are counted
 * as they come, and the connection is closed where they are too many; of a refusal, what came until then is enough.
 */
async function boundedText({ headers, body }: Dispatcher.ResponseData, most: number, mayBeCut: boolean): Promise<string> {
  const length = Number(headers['content-length'] ?? Number.NaN)
  if (length <= most) return body.text()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    const piece: Uint8Array = chunk
    chunks.push(piece)
    bytes += piece.byteLength
    if (bytes <= most) continue
    if (!mayBeCut) throw new BodyTooLong(most)
    break
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, most))
}

// As long as the stack's own limit of one attempt, which is the one that is told in words.
const dispatcher = new Agent({ connections: 512, pipelining: 1, headersTimeout: 600_000, bodyTimeout: 600_000 })

const noHeaders = new Headers()

function methodOf(init: RequestInit): Dispatcher.HttpMethod {
  return init.method === 'POST' ? 'POST' : 'GET'
}

function headersOf(init: RequestInit): Record<string, string> {
  // The engine's transport hands in a plain object with lower-case names.
  const { headers } = init
  const isPlain = headers !== undefined && !Array.isArray(headers) && !(headers instanceof Headers)
  return isPlain ? headers : Object.fromEntries(new Headers(headers))
}
