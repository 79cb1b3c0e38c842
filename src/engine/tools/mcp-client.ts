import { cutText } from '@/lib/cut-text'
import { isJsonObject, parseJson, type Json, type JsonObject } from '@/lib/json'
import { EngineError } from '../base/errors'
import { typeOfSchema } from '../signature/type-of-schema'
import { originOf } from './http-tool'
import { headersOf, reach, type ReachAnswer } from './reach'
import type { ToolArgument } from './tool-base'
import type { ToolCallContext } from './tool-kind'
import type { McpSession } from './mcp-sessions'
import type { McpServer, McpTool } from './mcp-tool'

// The part of the protocol that calling tools takes. The official SDK brings a validator that makes code at run time, which the page forbids, and
// reads bodies without a bound; its server stands on the other side in the tests.

/** A tool as its server tells of it. */
export interface McpToolInfo {
  readonly name: string
  readonly desc: string
  readonly args: readonly ToolArgument[]
}

/** Asks a server for its tools, page by page. Throws `tool-refused` and `tool-failed`. */
export async function listMcpTools(server: McpServer, context: ToolCallContext): Promise<readonly McpToolInfo[]> {
  const link = { ...server, name: 'server', timeoutMs: 30_000, mostBytes: 1_000_000 }
  const tools: McpToolInfo[] = []
  let cursor: Json = null
  for (let page = 0; page < mostPages; page += 1) {
    const result = await ask(link, { method: 'tools/list', params: cursor === null ? {} : { cursor } }, context)
    const listed = Array.isArray(result['tools']) ? result['tools'] : []
    tools.push(...listed.filter(isJsonObject).map(infoOf))
    cursor = result['nextCursor'] ?? null
    if (cursor === null) break
  }
  return tools
}

const mostPages = 50

/**
 * Calls a tool of its server. Answers with its texts: one as it is, several as a list; where it has none, with what else came. Source: DSPy's
 * `Tool.from_mcp_tool`. Throws `tool-refused` and `tool-failed`, the latter also for what the server calls an error of the tool.
 */
export async function callMcpTool(tool: McpTool, args: JsonObject, context: ToolCallContext): Promise<Json> {
  // Optional arguments that were not given are null here, and left out there.
  const optional = new Set(tool.args.flatMap(({ name, type }) => (type.kind === 'optional' ? [name] : [])))
  const given = Object.fromEntries(Object.entries(args).filter(([name, value]) => value !== null || !optional.has(name)))
  const result = await ask(tool, { method: 'tools/call', params: { name: tool.tool, arguments: given } }, context)
  const content = Array.isArray(result['content']) ? result['content'].filter(isJsonObject) : []
  const texts = content.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
  if (result['isError'] === true) throw failed(tool.name, cutText(texts.join(' '), 1000) || 'its server says that it failed.')
  if (texts.length > 0) return texts.length === 1 ? (texts[0] ?? '') : texts
  return result['structuredContent'] ?? content
}

function infoOf({ name, description, inputSchema }: JsonObject): McpToolInfo {
  const schema = isJsonObject(inputSchema ?? null) ? (inputSchema as JsonObject) : {}
  const properties = isJsonObject(schema['properties'] ?? null) ? (schema['properties'] as JsonObject) : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const defs = { ...(schema['$defs'] !== undefined && { $defs: schema['$defs'] }) }
  const args = Object.entries(properties).map(([property, about]): ToolArgument => {
    const type = typeOfSchema(isJsonObject(about) ? { ...about, ...defs } : about)
    const desc = isJsonObject(about) && typeof about['description'] === 'string' ? about['description'] : ''
    return { name: property, type: required.includes(property) || type.kind === 'optional' ? type : { kind: 'optional', of: type }, desc }
  })
  return { name: String(name ?? ''), desc: typeof description === 'string' ? description : '', args }
}

type Link = McpServer & Pick<McpTool, 'name' | 'timeoutMs' | 'mostBytes'>
interface Asked {
  readonly method: string
  readonly params: JsonObject
}

/** One request in a session, which is begun where there is none, and once more where the server has forgotten it. */
async function ask(link: Link, asked: Asked, context: ToolCallContext): Promise<JsonObject> {
  const { host } = context
  const place = JSON.stringify([link.server, link.headers])
  for (let attempt = 0; ; attempt += 1) {
    let opening = host?.sessions.get(place)
    if (opening === undefined) {
      opening = open(link, context)
      host?.sessions.set(place, opening)
      opening.catch(() => host?.sessions.delete(place))
    }
    const session = await opening
    const answer = await send(link, { id: 1, ...asked }, { ...context, session })
    if (answer.status === 404 && session.id !== undefined && attempt === 0) {
      if (host?.sessions.get(place) === opening) host.sessions.delete(place)
      continue
    }
    return resultIn(link, answer)
  }
}

async function open(link: Link, context: ToolCallContext): Promise<McpSession> {
  const params = { protocolVersion: latestProtocol, capabilities: {}, clientInfo: { name: 'DSPy Studio', version: '1' } }
  const answer = await send(link, { id: 0, method: 'initialize', params }, context)
  const result = resultIn(link, answer)
  const id = answer.header('mcp-session-id')
  const protocol = typeof result['protocolVersion'] === 'string' ? result['protocolVersion'] : latestProtocol
  const session: McpSession = { protocol, ...(id !== null && { id }) }
  await send(link, { method: 'notifications/initialized' }, { ...context, session })
  return session
}

const latestProtocol = '2025-06-18'

async function send(
  { name, server, headers: templates, timeoutMs, mostBytes }: Link,
  message: JsonObject,
  { host, signal, session }: ToolCallContext & { readonly session?: McpSession },
): Promise<ReachAnswer> {
  const url = server.trim()
  const origin = originOf(url)
  if (origin === undefined) throw failed(name, 'the address of its server is none. Correct it in the settings of the tool.')
  const { headers, secrets } = await headersOf(host, { tool: name, origin, templates, args: {} })
  return reach(host, {
    tool: name,
    url,
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session && { 'mcp-protocol-version': session.protocol }),
      ...(session?.id !== undefined && { 'mcp-session-id': session.id }),
    },
    secrets,
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    timeoutMs,
    mostBytes,
    signal,
  })
}

/** The result of the one request that was sent, from JSON or from the events of a stream. */
function resultIn({ name, server }: Link, { status, text, header }: ReachAnswer): JsonObject {
  const isStream = (header('content-type') ?? '').includes('text/event-stream')
  const messages = (isStream ? eventsIn(text) : [text]).flatMap(data => {
    const parsed = parseJson(data)
    return parsed.ok && isJsonObject(parsed.value) ? [parsed.value] : []
  })
  const reply = messages.find(message => 'result' in message || 'error' in message)
  const error = reply?.['error'] ?? null
  if (isJsonObject(error)) throw failed(name, `its server refused: ${cutText(String(error['message'] ?? 'no reason given'), 500)}`)
  if (status === 401 || status === 403)
    throw failed(
      name,
      `its server wants to know who asks (status ${status}). Add a header Authorization with Bearer {secret:NAME}, and save the secret.`,
    )
  const where = new URL(server.trim()).host
  if (status >= 400) throw failed(name, `${where} answered with status ${status}. ${sessionHint}`)
  const result = reply?.['result'] ?? null
  if (!isJsonObject(result))
    throw failed(
      name,
      `${where} did not answer as an MCP server does. Give the address of its streamable HTTP endpoint, which often ends in /mcp.`,
    )
  return result
}

const sessionHint = 'Check the address. A server that keeps sessions must let web pages read its header Mcp-Session-Id.'

/** The data of each event. */
function eventsIn(text: string): readonly string[] {
  return text.split(/\r?\n\r?\n/).flatMap(event => {
    const data = event.split(/\r?\n/).flatMap(line => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []))
    return data.length === 0 ? [] : [data.join('\n')]
  })
}

function failed(tool: string, why: string): EngineError {
  return new EngineError('tool-failed', `The tool ${tool} failed: ${why}`, { tool })
}
