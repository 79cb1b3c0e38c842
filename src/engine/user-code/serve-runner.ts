import type { Json } from '@/lib/json'
import { EngineError, errorToJson } from '../base/errors'
import { createQuickJsRunner } from './quickjs'
import type { ModuleChecker, UserFunction } from './code-runner'
import type { CodeAnswer, CodeRequest } from './code-messages'

/** The thread's side of `createWatchedRunner`: answers each request. User code runs in that thread and nowhere else. */
export function serveRunner(post: (answer: CodeAnswer) => void): (request: CodeRequest) => void {
  let runner: ModuleChecker | undefined
  const functions = new Map<number, UserFunction>()

  async function answer(request: CodeRequest): Promise<Json> {
    if (request.type === 'open') {
      runner = await createQuickJsRunner(request.limits)
      return null
    }
    if (request.type === 'load' || request.type === 'check-module') {
      if (!runner) throw new EngineError('code-failed', 'The code runner is not open.')
      if (request.type === 'check-module') {
        await runner.checkModule(request.text)
        return null
      }
      functions.set(request.handle, await runner.load(request.source, request.kind))
      return null
    }
    const loaded = functions.get(request.handle)
    if (!loaded) throw new EngineError('code-failed', 'This code is not loaded.')
    return loaded.call(request.args)
  }

  return request => {
    answer(request).then(
      value => post({ ok: true, value }),
      (error: unknown) => post({ ok: false, error: errorToJson(error) }),
    )
  }
}
