import { errorToJson, isEngineError, type ErrorJson } from '@/engine/base/errors'
import type { Values } from '@/engine/base/example'
import { callTool, type Tool } from '@/engine/modules/react-tools'
import { loadOnce } from '@/engine/sandbox/load-once'
import type { Sandbox } from '@/engine/sandbox/sandbox'
import type { Clock } from '@/engine/base/clock'
import type { ToolTry } from './api'
import { createWorkerSandbox } from './sandbox-client'

/** Runs a tool once on arguments of the user, as the step would. What its code throws is part of the answer. */
export function tryTool(clock: Clock, tool: Tool, args: Values): Promise<ToolTry> {
  return aside(async sandbox => {
    let start = clock.now()
    try {
      // Starting the sandbox is no time of the tool.
      await loadOnce(sandbox, tool.source, 'code')
      start = clock.now()
      return { result: await callTool(tool, args, sandbox), ms: clock.now() - start }
    } catch (error) {
      if (!isEngineError(error)) throw error
      return { error: errorToJson(error), ms: clock.now() - start }
    }
  })
}

/** Why the source does not compile; null where it does. It is not run. */
export function checkSource(source: string, kind: 'metric' | 'code'): Promise<ErrorJson | null> {
  return aside(async sandbox => {
    try {
      await sandbox.load(source, kind)
      return null
    } catch (error) {
      if (!isEngineError(error)) throw error
      return errorToJson(error)
    }
  })
}

/** In a sandbox of its own, so that no run waits for what is tried, nor the other way round. */
async function aside<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = createWorkerSandbox()
  try {
    return await work(sandbox)
  } finally {
    sandbox.dispose()
  }
}
