import type { SourceKind } from '@/engine/user-code/source-kind'
import { errorToJson, isEngineError, type ErrorJson } from '@/engine/base/errors'
import type { Values } from '@/engine/base/example'
import { callTool } from '@/engine/modules/call-tool'
import type { Tool } from '@/engine/modules/react-tools'
import { loadOnce } from '@/engine/user-code/load-once'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import { toolKindOf } from '@/engine/tools/registry'
import type { Json, JsonObject } from '@/lib/json'
import { toolHostFor } from './tool-host'
import type { Services } from './services'
import { listMcpTools, type McpToolInfo } from '@/engine/tools/mcp-client'
import type { McpServer } from '@/engine/tools/mcp-tool'
import type { ToolTry } from './api'
import { createWorkerRunner } from './code-client'

/** Runs a tool once on arguments of the user, as the step would. What its code throws is part of the answer. */
export function tryTool(
  services: Pick<Services, 'clock' | 'keys' | 'liveKeys'>,
  projectId: string,
  tool: Tool,
  args: Values,
): Promise<ToolTry> {
  const { clock } = services
  return aside(async runner => {
    let start = clock.now()
    try {
      // Starting the code runner is no time of the tool.
      const kind = toolKindOf(tool)
      const source = kind.source?.(tool)
      if (source !== undefined) await loadOnce(runner, source, 'tool')
      start = clock.now()
      const context = { runner, host: toolHostFor(services, projectId), signal: new AbortController().signal }
      const call = (one: Tool, given: JsonObject): Promise<Json> => kind.call(one, given, context)
      return { result: await callTool(tool, args, { call }), ms: clock.now() - start }
    } catch (error) {
      if (!isEngineError(error)) throw error
      return { error: errorToJson(error), ms: clock.now() - start }
    }
  })
}

/** The tools of an MCP server, as it tells of them. Rejects with `tool-refused` and `tool-failed`. */
export async function listToolsOf(
  services: Pick<Services, 'clock' | 'keys' | 'liveKeys' | 'runner'>,
  projectId: string,
  server: McpServer,
): Promise<readonly McpToolInfo[]> {
  const { runner } = services
  return listMcpTools(server, { runner, host: toolHostFor(services, projectId), signal: new AbortController().signal })
}

/** Why the source does not compile; null where it does. It is not run. */
export function checkSource(source: string, kind: SourceKind): Promise<ErrorJson | null> {
  return aside(async runner => {
    try {
      await runner.load(source, kind)
      return null
    } catch (error) {
      if (!isEngineError(error)) throw error
      return errorToJson(error)
    }
  })
}

/** In a code runner of its own, so that no run waits for what is tried, nor the other way round. */
async function aside<T>(work: (runner: CodeRunner) => Promise<T>): Promise<T> {
  const runner = createWorkerRunner()
  try {
    return await work(runner)
  } finally {
    runner.dispose()
  }
}
