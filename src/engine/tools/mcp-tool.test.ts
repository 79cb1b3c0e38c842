import { afterEach, describe, expect, it } from 'vitest'
import { startMcpServer, type TestMcpServer } from '../../../e2e/mcp-server'
import { noRunner } from '@/testing/memory-ports'
import { startToolServer, testToolHost } from '@/testing/tool-host'
import type { ToolHost } from './tool-kind'
import { listMcpTools } from './mcp-client'
import { mcpTool, type McpTool } from './mcp-tool'

let server: TestMcpServer | undefined
afterEach(() => server?.close())

const context = (host: ToolHost) => ({ runner: noRunner, host, signal: new AbortController().signal })

async function heightTool(host: ToolHost, url: string, changes: Partial<McpTool> = {}): Promise<McpTool> {
  const base = { ...mcpTool.starter('height'), server: url, timeoutMs: 10_000, ...changes }
  const [info] = await listMcpTools(base, context(host))
  return { ...base, tool: info?.name ?? '', desc: info?.desc ?? '', args: [...(info?.args ?? [])] }
}

describe('a tool of an MCP server', () => {
  it.each([false, true])('is listed and called in a session (answers in JSON: %s)', async isJson => {
    server = await startMcpServer({ isJson })
    const host = testToolHost([new URL(server.url).origin])
    const tools = await listMcpTools({ server: server.url, headers: [] }, context(host))
    expect(tools).toEqual([
      {
        name: 'get-height',
        desc: 'The height of a mountain in metres.',
        args: [
          { name: 'mountain', type: { kind: 'str' }, desc: 'Its name.' },
          { name: 'unit', type: { kind: 'optional', of: { kind: 'enum', values: ['m', 'ft'] } }, desc: '' },
        ],
      },
      { name: 'list-mountains', desc: 'All mountains that are known.', args: [] },
    ])
    const tool = await heightTool(host, server.url)
    expect(await mcpTool.call(tool, { mountain: 'Fuji', unit: null }, context(host))).toBe('Fuji: 3776')
    expect(await mcpTool.call(tool, { mountain: 'Fuji', unit: 'ft' }, context(host))).toBe('Fuji: 12389')
    expect(await mcpTool.call({ ...tool, tool: 'list-mountains', args: [] }, {}, context(host))).toEqual(['everest', 'denali', 'fuji'])
    await expect(mcpTool.call(tool, { mountain: 'Sesame', unit: null }, context(host))).rejects.toThrow('No mountain is called Sesame.')
    await expect(mcpTool.call({ ...tool, tool: 'no-such' }, {}, context(host))).rejects.toMatchObject({ code: 'tool-failed' })
    expect(server.calls[0]).toEqual({ name: 'get-height', args: { mountain: 'Fuji' } })
    expect(server.sessions).toBe(1)
  })

  it('begins another session where the server has forgotten the one it had', async () => {
    server = await startMcpServer()
    const host = testToolHost([new URL(server.url).origin])
    const tool = await heightTool(host, server.url)
    server.forget()
    const asked = ['Fuji', 'Denali'].map(mountain => mcpTool.call(tool, { mountain, unit: null }, context(host)))
    expect(await Promise.all(asked)).toEqual(['Fuji: 3776', 'Denali: 6190'])
    expect(server.calls).toHaveLength(2)
  })

  it('brings the secret that its headers name, and says what is missing', async () => {
    server = await startMcpServer({ token: 'mountain-secret-4711' })
    const { origin } = new URL(server.url)
    const headers = [{ name: 'Authorization', value: 'Bearer {secret:MOUNTAINS}' }]
    const host = testToolHost([origin], { [`${origin}#MOUNTAINS`]: 'mountain-secret-4711' })
    const tool = await heightTool(host, server.url, { headers })
    expect(await mcpTool.call(tool, { mountain: 'Fuji', unit: null }, context(host))).toBe('Fuji: 3776')
    await expect(listMcpTools({ server: server.url, headers: [] }, context(host))).rejects.toThrow('Add a header Authorization')
    await expect(listMcpTools({ server: server.url, headers }, context(testToolHost([origin])))).rejects.toMatchObject({
      code: 'tool-refused',
    })
    await expect(listMcpTools({ server: server.url, headers }, context(testToolHost([])))).rejects.toMatchObject({ code: 'tool-refused' })
  })

  it('says so where no such server answers', async () => {
    const other = await startToolServer(() => ({ body: '<html>', headers: { 'content-type': 'text/html' } }))
    await expect(listMcpTools({ server: `${other.origin}/mcp`, headers: [] }, context(testToolHost([other.origin])))).rejects.toThrow(
      'did not answer as an MCP server does',
    )
    other.close()
  })

  it('says what is wrong with its settings', () => {
    const parts = (changes: Partial<McpTool>): readonly string[] =>
      mcpTool.faults({ ...mcpTool.starter('t'), tool: 'x', ...changes }).map(({ part }) => part)
    expect(parts({})).toEqual([])
    expect(parts({ tool: '' })).toEqual(['tool'])
    expect(parts({ server: 'mcp.example' })).toEqual(['server'])
    expect(parts({ server: 'https://a.example/{x}' })).toEqual(['server'])
    expect(parts({ headers: [{ name: 'X', value: '{query}' }] })).toEqual(['headers'])
  })
})
