import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLiveKeys } from '@/engine/lm/keys/live-keys'
import type { ToolHost } from '@/engine/tools/tool-kind'
import { systemClock } from '@/lib/system-clock'

/** What tools may use in a test: real connections to these origins, and these secrets by `origin#name`. */
export function testToolHost(allowed: readonly string[], secrets: Readonly<Record<string, string>> = {}): ToolHost {
  return {
    fetch: (url, init) => fetch(url, init),
    clock: systemClock,
    allows: async origin => allowed.includes(origin),
    secret: async (origin, name) => secrets[`${origin}#${name}`],
    keys: createLiveKeys(),
    sessions: new Map(),
  }
}

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A server that notes what it is asked; `answer` says what comes back. */
export async function startToolServer(
  answer: (
    seen: SeenRequest,
    count: number,
  ) => { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string } | 'hang',
): Promise<{ readonly origin: string; readonly seen: readonly SeenRequest[]; close(): void }> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString() }
      seen.push(one)
      const given = answer(one, seen.length)
      if (given === 'hang') return
      response.writeHead(given.status ?? 200, { 'content-type': 'application/json', ...given.headers })
      response.end(given.body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
