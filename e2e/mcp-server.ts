import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { z } from 'zod'

export interface TestMcpServer {
  /** Its streamable HTTP endpoint. */
  readonly url: string
  /** Calls of tools, in their order. */
  readonly calls: readonly { readonly name: string; readonly args: Readonly<Record<string, unknown>> }[]
  /** Requests of any kind. */
  readonly requests: number
  /** Sessions that were begun. */
  readonly sessions: number
  /** Forgets all sessions, as a server does that was started again. */
  forget(): void
  close(): void
}

export interface TestMcpOptions {
  /** The bearer token that every request has to bring. */
  readonly token?: string
  /** Answers in JSON instead of streams. */
  readonly isJson?: boolean
}

/** An MCP server by the official SDK, with sessions and leave for web pages: it knows the heights of mountains. */
export async function startMcpServer({ token, isJson = false }: TestMcpOptions = {}): Promise<TestMcpServer> {
  const calls: { name: string; args: Record<string, unknown> }[] = []
  const transports = new Map<string, StreamableHTTPServerTransport>()
  let requests = 0
  let sessions = 0

  async function transportOf(request: IncomingMessage): Promise<StreamableHTTPServerTransport | undefined> {
    const id = request.headers['mcp-session-id']
    if (typeof id === 'string') return transports.get(id)
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      enableJsonResponse: isJson,
      onsessioninitialized: session => {
        sessions += 1
        transports.set(session, transport)
      },
    })
    await mountains(calls).connect(transport)
    return transport
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', '*, authorization')
    response.setHeader('access-control-expose-headers', 'mcp-session-id')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    requests += 1
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end()
    const transport = await transportOf(request)
    if (transport === undefined) return void response.writeHead(404).end()
    await transport.handleRequest(request, response)
  }

  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    calls,
    get requests() {
      return requests
    },
    get sessions() {
      return sessions
    },
    forget: () => transports.clear(),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const heights: Readonly<Record<string, number>> = { everest: 8849, denali: 6190, fuji: 3776 }

function mountains(calls: { name: string; args: Record<string, unknown> }[]): McpServer {
  const server = new McpServer({ name: 'mountains', version: '1.0.0' })
  const height = {
    title: 'Height',
    description: 'The height of a mountain in metres.',
    inputSchema: { mountain: z.string().describe('Its name.'), unit: z.enum(['m', 'ft']).optional() },
  }
  server.registerTool('get-height', height, async args => {
    calls.push({ name: 'get-height', args })
    const metres = heights[args.mountain.toLowerCase()]
    if (metres === undefined) return { isError: true, content: [{ type: 'text', text: `No mountain is called ${args.mountain}.` }] }
    return { content: [{ type: 'text', text: `${args.mountain}: ${args.unit === 'ft' ? Math.round(metres * 3.281) : metres}` }] }
  })
  server.registerTool('list-mountains', { description: 'All mountains that are known.' }, async () => {
    calls.push({ name: 'list-mountains', args: {} })
    return { content: Object.keys(heights).map(text => ({ type: 'text' as const, text })) }
  })
  return server
}
