import { EngineError, errorToJson } from '@/engine/base/errors'
import { createQuickJsSandbox } from '@/engine/sandbox/quickjs'
import type { Sandbox, SandboxFunction } from '@/engine/sandbox/sandbox'
import type { Json } from '@/lib/json'
import type { SandboxAnswer, SandboxRequest } from './sandbox-messages'

// User code runs here and nowhere else. The worker around QuickJS is there to be ended from outside when nothing else helps.
let sandbox: Sandbox | undefined
const functions = new Map<number, SandboxFunction>()

self.addEventListener('message', (event: MessageEvent<SandboxRequest>) => {
  answer(event.data).then(
    value => self.postMessage({ ok: true, value } satisfies SandboxAnswer),
    (error: unknown) => self.postMessage({ ok: false, error: errorToJson(error) } satisfies SandboxAnswer),
  )
})

async function answer(request: SandboxRequest): Promise<Json> {
  if (request.type === 'open') {
    sandbox = await createQuickJsSandbox(request.limits)
    return null
  }
  if (request.type === 'load') {
    if (!sandbox) throw new EngineError('code-failed', 'The sandbox is not open.')
    functions.set(request.handle, await sandbox.load(request.source, request.kind))
    return null
  }
  const loaded = functions.get(request.handle)
  if (!loaded) throw new EngineError('code-failed', 'This code is not loaded.')
  return loaded.call(request.args)
}
