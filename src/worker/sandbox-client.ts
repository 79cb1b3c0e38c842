import { EngineError } from '@/engine/base/errors'
import { defaultSandboxLimits, type Sandbox, type SandboxFunction, type SandboxLimits } from '@/engine/sandbox/sandbox'
import type { Json } from '@/lib/json'
import type { SandboxAnswer, SandboxRequest } from './sandbox-messages'
import { errorFromJson } from './wire-errors'

/**
 * The sandbox in a worker of its own. QuickJS ends code that runs too long by itself; when it cannot (one native operation that
 * takes for ever, a crash), the worker is ended a second later and a new one takes its place, so a metric never hangs a run.
 */
export function createWorkerSandbox(limits: SandboxLimits = defaultSandboxLimits, spawn: () => Worker = spawnSandbox): Sandbox {
  let session: Session | undefined
  let last: Promise<unknown> = Promise.resolve()
  let nextHandle = 0
  let isDisposed = false
  /** The same source is loaded once, however many rows ask for it. */
  const known = new Map<string, Promise<SandboxFunction>>()

  /** One request at a time: the time limit then measures the code and not its place in a queue. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }

  async function open(): Promise<Session> {
    if (isDisposed) throw new EngineError('code-failed', 'The sandbox has been closed.')
    if (session) return session
    const opened = startSession(spawn())
    try {
      await opened.ask({ type: 'open', limits }, openMs)
    } catch (error) {
      opened.end()
      throw error
    }
    session = opened
    return opened
  }

  async function ask(request: SandboxRequest): Promise<Json> {
    const current = await open()
    try {
      return await current.ask(request, limits.timeoutMs + graceMs)
    } catch (error) {
      if (current.isEnded && session === current) session = undefined
      throw error
    }
  }

  function loadSource(source: string, kind: 'metric' | 'code'): Promise<SandboxFunction> {
    const handle = nextHandle++
    let loadedIn: Session | undefined
    const load = async (): Promise<void> => {
      const current = await open()
      if (loadedIn === current) return
      await ask({ type: 'load', handle, source, kind })
      loadedIn = current
    }
    const loaded: SandboxFunction = {
      call: args =>
        inTurn(async () => {
          await load()
          return ask({ type: 'call', handle, args })
        }),
    }
    return inTurn(async () => {
      await load()
      return loaded
    })
  }

  return {
    load(source, kind) {
      const key = `${kind} ${source}`
      const loaded = known.get(key) ?? loadSource(source, kind)
      known.set(key, loaded)
      loaded.catch(() => known.delete(key))
      const [oldest] = known.keys()
      if (known.size > keptSources && oldest !== undefined) known.delete(oldest)
      return loaded
    },
    dispose() {
      isDisposed = true
      session?.end()
      session = undefined
    },
  }
}

/** Loading and compiling QuickJS on a slow machine. */
const openMs = 30_000
const graceMs = 1_000
const keptSources = 100

interface Session {
  readonly isEnded: boolean
  ask(request: SandboxRequest, timeoutMs: number): Promise<Json>
  end(): void
}

function startSession(worker: Worker): Session {
  let isEnded = false
  let reject: ((error: Error) => void) | undefined
  const end = (error?: Error): void => {
    isEnded = true
    worker.terminate()
    if (error) reject?.(error)
  }
  worker.addEventListener('error', event => {
    event.preventDefault()
    end(new EngineError('sandbox-memory', 'The code made its sandbox fail, most likely by using too much memory. Make it use less.'))
  })
  return {
    get isEnded() {
      return isEnded
    },
    end,
    ask(request, timeoutMs) {
      return new Promise<Json>((resolve, fail) => {
        const timer = setTimeout(() => end(tooLong(request, timeoutMs)), timeoutMs)
        const settle = (finish: () => void): void => {
          clearTimeout(timer)
          worker.removeEventListener('message', onMessage)
          reject = undefined
          finish()
        }
        const onMessage = ({ data }: MessageEvent<SandboxAnswer>): void =>
          settle(() => (data.ok ? resolve(data.value) : fail(errorFromJson(data.error))))
        reject = error => settle(() => fail(error))
        worker.addEventListener('message', onMessage)
        worker.postMessage(request)
      })
    },
  }
}

function tooLong(request: SandboxRequest, timeoutMs: number): EngineError {
  const seconds = ((timeoutMs - (request.type === 'open' ? 0 : graceMs)) / 1000).toFixed(1)
  const what = request.type === 'open' ? 'The sandbox did not start' : 'The code did not finish'
  return new EngineError('sandbox-timeout', `${what} within ${seconds} s and was ended. Look for a loop that never ends.`, { timeoutMs })
}

function spawnSandbox(): Worker {
  return new Worker(new URL('./sandbox.worker.ts', import.meta.url), { type: 'module', name: 'sandbox' })
}
