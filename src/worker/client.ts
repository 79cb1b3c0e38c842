import { proxy, releaseProxy, wrap, type Remote } from 'comlink'
import { EngineError } from '@/engine/base/errors'
import type { EngineApi } from './api'
import type { WorkerApi } from './engine.worker'
import { carryErrors } from './wire-errors'

export type EngineClient = EngineApi & {
  /** Ends the worker; runs it was running can be resumed later. */
  dispose(): void
}

export interface EngineClientOptions {
  readonly baseUrl?: string
  /** Told when the worker ended on a fault. The next call starts another one, which hears the same listeners. */
  readonly onCrash?: (error: EngineError) => void
}

type Listener = Parameters<EngineApi['subscribe']>[0]

/** One life of the worker. `failed` never resolves; it rejects when the worker could not start, or ended on a fault. */
interface WorkerLife {
  readonly remote: Remote<WorkerApi>
  readonly failed: Promise<never>
  end(): void
}

/** Starts the engine's worker of this page. Keys, runs and imports live there; the page holds none of them. */
export function createEngineClient({ baseUrl = document.baseURI, onCrash }: EngineClientOptions = {}): EngineClient {
  carryErrors()
  const listeners: Listener[] = []
  let life: WorkerLife | undefined = begin()

  function begin(): WorkerLife {
    const started = startWorker(baseUrl, (error, wasReady) => {
      if (life !== started) return
      life = undefined
      started.end()
      if (wasReady) onCrash?.(error)
    })
    for (const listener of listeners) void ask(started, started.remote.subscribe(proxy(listener))).catch(() => undefined)
    return started
  }

  const call = (name: keyof EngineApi, args: readonly unknown[]): Promise<unknown> => {
    life ??= begin()
    const progress = whileUnderWay(args)
    // Every method takes plain values and listeners, which are carried across as they are declared in EngineApi.
    const method = life.remote[name] as unknown as (...carried: readonly unknown[]) => Promise<unknown>
    const answer = ask(life, method(...progress.args))
    answer.finally(progress.end).catch(() => undefined)
    return answer
  }

  const own = {
    subscribe(listener: Listener) {
      listeners.push(listener)
      life ??= begin()
      return ask(life, life.remote.subscribe(proxy(listener)))
    },
    dispose() {
      const ended = life
      life = undefined
      ended?.end()
    },
  }
  // A client of the whole interface: what is not its own goes to the worker by its name.
  return new Proxy(own, {
    get: (target, name) =>
      Reflect.get(target, name) ?? (name === 'then' ? undefined : (...args: readonly unknown[]) => call(name as keyof EngineApi, args)),
  }) as unknown as EngineClient
}

function startWorker(baseUrl: string, onFailure: (error: EngineError, wasReady: boolean) => void): WorkerLife {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' })
  const remote = wrap<WorkerApi>(worker)
  let isReady = false
  // A worker that does not load, or that a fault ended, answers nothing: without this, every call would wait for ever.
  const failed = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', event => {
      event.preventDefault()
      const error = isReady ? crashed(event.message) : notStarted(event.message)
      reject(error)
      onFailure(error, isReady)
    })
  })
  failed.catch(() => undefined)
  remote.begin({ baseUrl }).then(
    () => {
      isReady = true
    },
    // What keeps it from beginning comes as an error of the worker.
    () => undefined,
  )
  return {
    remote,
    failed,
    end() {
      remote[releaseProxy]()
      worker.terminate()
    },
  }
}

function ask<T>({ failed }: WorkerLife, answer: Promise<T>): Promise<T> {
  return Promise.race([answer, failed])
}

/** Arguments as they cross to the worker. Progress that arrives behind the answer is not told: the caller has gone on. */
function whileUnderWay(args: readonly unknown[]): { readonly args: readonly unknown[]; end(): void } {
  let isUnderWay = true
  return {
    args: args.map(argument =>
      typeof argument === 'function' ? proxy((...told: readonly unknown[]) => void (isUnderWay && argument(...told))) : argument,
    ),
    end() {
      isUnderWay = false
    },
  }
}

function notStarted(message: string): EngineError {
  return new EngineError('storage-failed', `The engine could not start${inBrackets(message)}. Reload the page.`, { reason: 'worker' })
}

function crashed(message: string): EngineError {
  return new EngineError(
    'storage-failed',
    `The engine ended on a fault of the studio${inBrackets(message)} and was started again. What was stored is safe; a run that was under way can be resumed.`,
    { reason: 'worker' },
  )
}

function inBrackets(message: string): string {
  return message ? ` (${message})` : ''
}
