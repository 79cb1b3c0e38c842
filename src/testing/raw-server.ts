import { createServer } from 'node:http'

/** What goes over the wire, byte by byte: each piece of the body on its own. */
export interface RawReply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | readonly (string | Uint8Array)[]
  /** The connection is cut after the last piece. */
  readonly isCut?: boolean
}

export interface RawServer {
  /** Base URL with `/v1`. */
  readonly url: string
  readonly port: number
  /** What it answers from now on. */
  reply: (path: string) => RawReply
  /** Path and key of each request. */
  readonly asked: { readonly path: string; readonly key: string | undefined }[]
  close(): Promise<void>
}

/** A server on this machine that answers any path with whatever bytes a test wants, well-formed or not. */
export async function startRawServer(): Promise<RawServer> {
  const server = createServer((incoming, response) => {
    incoming.resume()
    incoming.on('end', () => {
      const path = incoming.url ?? '/'
      raw.asked.push({ path, key: incoming.headers.authorization?.replace('Bearer ', '') })
      const { status = 200, headers = {}, body, isCut = false } = raw.reply(path)
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      const pieces = typeof body === 'string' || body instanceof Uint8Array ? [body] : [...body]
      const next = (): void => {
        const piece = pieces.shift()
        if (piece !== undefined) response.write(piece, () => setTimeout(next, pieces.length > 0 || isCut ? 2 : 0))
        else if (isCut) response.destroy()
        else response.end()
      }
      next()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const raw: RawServer = {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    reply: () => ({ body: '' }),
    asked: [],
    close() {
      return new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
  return raw
}
