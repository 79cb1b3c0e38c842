import type { SourceKind } from '@/engine/user-code/source-kind'
import { errorToJson, isEngineError, type ErrorJson } from '@/engine/base/errors'
import type { Values } from '@/engine/base/example'
import { callTool } from '@/engine/modules/call-tool'
import type { Tool } from '@/engine/modules/react-tools'
import { loadOnce } from '@/engine/user-code/load-once'
import type { CodeRunner } from '@/engine/user-code/code-runner'
import type { Clock } from '@/engine/base/clock'
import type { ToolTry } from './api'
import { createWorkerRunner } from './code-client'

/** Runs a tool once on arguments of the user, as the step would. What its code throws is part of the answer. */
export function tryTool(clock: Clock, tool: Tool, args: Values): Promise<ToolTry> {
  return aside(async runner => {
    let start = clock.now()
    try {
      // Starting the code runner is no time of the tool.
      await loadOnce(runner, tool.source, 'tool')
      start = clock.now()
      return { result: await callTool(tool, args, runner), ms: clock.now() - start }
    } catch (error) {
      if (!isEngineError(error)) throw error
      return { error: errorToJson(error), ms: clock.now() - start }
    }
  })
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
