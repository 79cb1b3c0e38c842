import { z } from 'zod'
import { onUse } from '../base/on-use'
import { isInTheClear, originOf } from './http-tool'
import { placesIn } from './template'
import { toolBase } from './tool-base'
import type { ToolKind, ToolKindFault } from './tool-kind'

/** How a server is reached, on which several tools may lie. */
export const mcpServerSchema = z.object({
  server: z.string(),
  /** Values with `{secret:NAME}`. */
  headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
})
export type McpServer = z.output<typeof mcpServerSchema>

export const mcpToolSchema = z.object({
  ...toolBase,
  ...mcpServerSchema.shape,
  kind: z.literal('mcp'),
  /** What the server calls it. */
  tool: z.string(),
  timeoutMs: z.number().int().min(100).max(300_000).default(60_000),
  mostBytes: z.number().int().min(100).max(1_000_000).default(100_000),
  /** Whether a call that was cut off may be made once more. */
  repeatable: z.boolean().default(false),
})
export type McpTool = z.output<typeof mcpToolSchema>

const run = onUse(async () => (await import('./mcp-client')).callMcpTool)

/** A tool of an MCP server, over streamable HTTP. Source: the Model Context Protocol, revision 2025-06-18. */
export const mcpTool: ToolKind<McpTool> = {
  id: 'mcp',
  title: 'MCP',
  help: 'A tool of an MCP server. The server says which arguments it takes.',
  starter: name => ({
    kind: 'mcp',
    name,
    desc: '',
    args: [],
    server: 'https://mcp.example.com/mcp',
    headers: [],
    tool: '',
    timeoutMs: 60_000,
    mostBytes: 100_000,
    repeatable: false,
  }),
  faults({ server, tool, headers }) {
    const faults: ToolKindFault[] = []
    if (originOf(server) === undefined || placesIn(server).length > 0)
      faults.push({ part: 'server', words: 'needs the address of an MCP server, such as https://mcp.example.com/mcp.' })
    else if (tool === '') faults.push({ part: 'tool', words: 'names no tool of its server. Ask the server for its tools, and choose one.' })
    if (isInTheClear(server) && headers.some(({ value }) => placesIn(value).length > 0))
      faults.push({ part: 'server', words: 'sends a secret over http://, which anybody on the way can read. Use https://.' })
    if (headers.some(({ value }) => placesIn(value).some(({ isSecret }) => !isSecret)))
      faults.push({
        part: 'headers',
        words: 'has an argument in a header. All calls of a server share its headers: only secrets fit there.',
      })
    return faults
  },
  reaches({ server, headers }) {
    const origin = originOf(server)
    const secrets = headers.flatMap(({ value }) => placesIn(value).flatMap(({ name, isSecret }) => (isSecret ? [name] : [])))
    return origin === undefined ? [] : [{ origin, secrets: [...new Set(secrets)] }]
  },
  isRepeatable: ({ repeatable }) => repeatable,
  call: async (tool, args, context) => (await run())(tool, args, context),
}
