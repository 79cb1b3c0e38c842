import type { SourceKind } from './source-kind'
import type { Json } from '@/lib/json'
import { systemClock } from '@/lib/system-clock'
import { EngineError, errorFromJson } from '../base/errors'
import { defaultCodeLimits, timeLimitOf, type CodeLimits, type ModuleChecker, type UserFunction } from './code-runner'
import type { CodeAnswer, CodeRequest } from './code-messages'

/** A thread that runs `serveRunner`: a worker of a browser or of Node. */
export interface CodeThread {
  post(request: CodeRequest): void
  /** Called once each, before anything is posted. */
  onAnswer(listener: (answer: CodeAnswer) => void): void
  onFailure(listener: () => void): void
  end(): void
}

/**
 * The code runner in a thread of its own. QuickJS ends code that runs too long by itself; when it cannot (one native operation that
 * takes forever, a crash), the thread is ended a second later and a new one takes its place, so a metric never hangs a run.
 */
export function createWatchedRunner(spawn: () => CodeThread, limits: CodeLimits = defaultCodeLimits): ModuleChecker {
  let session: Session | undefined
  let last: Promise<unknown> = Promise.resolve()
  let nextHandle = 0
  let isDisposed = false
  /** The same source is loaded once, however many rows ask for it. */
  const known = new Map<string, Promise<UserFunction>>()

  /** One request at a time: the time limit then measures the code and not its place in a queue. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work, work)
    last = turn.catch(() => undefined)
    return turn
  }

  async function open(): Promise<Session> {
    if (isDisposed) throw new EngineError('code-failed', 'The code runner has been closed.')
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

  async function ask(request: CodeRequest, limitMs = limits.timeoutMs): Promise<Json> {
    const current = await open()
    try {
      return await current.ask(request, limitMs + graceMs)
    } catch (error) {
      if (current.isEnded && session === current) session = undefined
      throw error
    }
  }

  function loadSource(source: string, kind: SourceKind): Promise<UserFunction> {
    const handle = nextHandle++
    let loadedIn: Session | undefined
    const load = async (): Promise<void> => {
      const current = await open()
      if (loadedIn === current) return
      await ask({ type: 'load', handle, source, kind })
      loadedIn = current
    }
    const loaded: UserFunction = {
      call: args =>
        inTurn(async () => {
          await load()
          return ask({ type: 'call', handle, args }, timeLimitOf(limits, kind))
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
    checkModule: text =>
      inTurn(async () => {
        await ask({ type: 'check-module', text })
      }),
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
  ask(request: CodeRequest, timeoutMs: number): Promise<Json>
  end(): void
}

function startSession(thread: CodeThread): Session {
  let isEnded = false
  let answered: ((answer: CodeAnswer) => void) | undefined
  let failed: ((error: Error) => void) | undefined
  const end = (error?: Error): void => {
    isEnded = true
    thread.end()
    if (error) failed?.(error)
  }
  thread.onAnswer(answer => answered?.(answer))
  thread.onFailure(() =>
    end(new EngineError('sandbox-memory', 'The code made its sandbox fail, most likely by using too much memory. Make it use less.')),
  )
  return {
    get isEnded() {
      return isEnded
    },
    end,
    ask(request, timeoutMs) {
      return new Promise<Json>((resolve, fail) => {
        const timer = new AbortController()
        systemClock.sleep(timeoutMs, timer.signal).then(
          () => end(tooLong(request, timeoutMs)),
          () => undefined,
        )
        const settle = (finish: () => void): void => {
          timer.abort()
          answered = undefined
          failed = undefined
          finish()
        }
        failed = error => settle(() => fail(error))
        answered = answer => settle(() => (answer.ok ? resolve(answer.value) : fail(errorFromJson(answer.error))))
        thread.post(request)
      })
    },
  }
}

function tooLong(request: CodeRequest, timeoutMs: number): EngineError {
  const seconds = ((timeoutMs - (request.type === 'open' ? 0 : graceMs)) / 1000).toFixed(1)
  const what = request.type === 'open' ? 'The code runner did not start' : 'The code did not finish'
  return new EngineError('sandbox-timeout', `${what} within ${seconds} s and was ended. Look for a loop that never ends.`, { timeoutMs })
}
