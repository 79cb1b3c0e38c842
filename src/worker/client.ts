import { proxy, releaseProxy, wrap, type Remote } from 'comlink'
import { EngineError } from '@/engine/base/errors'
import type { CallKey } from '@/engine/lm/lm'
import type { EngineApi } from './api'
import type { WorkerApi } from './engine.worker'
import { carryErrors } from './wire-errors'

export type EngineClient = EngineApi & {
  /** Ends the worker; runs it was running can be resumed later. */
  dispose(): void
}

export interface EngineClientOptions {
  readonly baseUrl?: string
  /** How long the engine may take to read one answer; then it is ended, and another one started. */
  readonly readingMs?: number
  /** Starts the worker; a test has one with a fault. */
  readonly spawn?: () => Worker
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
export function createEngineClient({
  baseUrl = document.baseURI,
  readingMs = 20_000,
  spawn = spawnEngine,
  onCrash,
}: EngineClientOptions = {}): EngineClient {
  carryErrors()
  const listeners: Listener[] = []
  const hung = new Set<CallKey>()
  let life: WorkerLife | undefined = begin()

  function begin(): WorkerLife {
    const started = startWorker({ baseUrl, readingMs, spawn, hung }, (error, wasReady) => {
      if (life !== started) return
      life = undefined
      started.end()
      if (wasReady) onCrash?.(error)
    })
    for (const listener of listeners) hear(started, listener).catch(() => undefined)
    return started
  }

  const forward =
    (name: string) =>
    (...args: readonly unknown[]): Promise<unknown> => {
      life ??= begin()
      const progress = whileUnderWay(args)
      const answer = ask(life, life.remote.call(name, ...progress.args))
      answer.finally(progress.end).catch(() => undefined)
      return answer
    }

  const own: Pick<EngineClient, 'subscribe' | 'dispose'> = {
    async subscribe(listener) {
      listeners.push(listener)
      life ??= begin()
      await hear(life, listener)
    },
    dispose() {
      const ended = life
      life = undefined
      ended?.end()
    },
  }
  // The proxy has the rest of the client: what is not its own goes to the worker by its name. No method is called `then`, so that a
  // client is no promise.
  return new Proxy(own, {
    get: (target, name) =>
      Reflect.has(target, name) ? Reflect.get(target, name) : typeof name === 'string' && name !== 'then' ? forward(name) : undefined,
  }) as EngineClient
}

async function hear(life: WorkerLife, listener: Listener): Promise<void> {
  await ask(life, life.remote.call('subscribe', proxy(listener)))
}

function spawnEngine(): Worker {
  return new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' })
}

function startWorker(
  { baseUrl, readingMs, spawn, hung }: Required<Omit<EngineClientOptions, 'onCrash'>> & { readonly hung: Set<CallKey> },
  onFailure: (error: EngineError, wasReady: boolean) => void,
): WorkerLife {
  const worker = spawn()
  const remote = wrap<WorkerApi>(worker)
  let isReady = false
  // A worker that does not load, or that a fault ended, answers nothing: without this, every call would wait forever.
  let fail = (_error: EngineError): void => undefined
  const failed = new Promise<never>((_resolve, reject) => {
    fail = error => {
      reject(error)
      onFailure(error, isReady)
    }
  })
  failed.catch(() => undefined)
  worker.addEventListener('error', event => {
    event.preventDefault()
    fail(isReady ? crashed(event.message) : notStarted(event.message))
  })
  const reading = watchReading(readingMs, key => {
    hung.add(key)
    fail(tookTooLong(readingMs))
  })
  remote.begin(baseUrl, proxy(reading.tell), hung).then(
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
      reading.tell(undefined)
      remote[releaseProxy]()
      worker.terminate()
    },
  }
}

/**
 * Calls back when an answer takes longer to read than it may. Counted in parts: on a machine that slept a single timer would be over before
 * the messages that came meanwhile are heard.
 */
function watchReading(mostMs: number, onLate: (key: CallKey) => void): { tell(key: CallKey | undefined): void } {
  const parts = 4
  let timer: ReturnType<typeof setInterval> | undefined
  return {
    tell(key) {
      clearInterval(timer)
      if (key === undefined) return
      let left = parts
      timer = setInterval(() => {
        left -= 1
        if (left > 0) return
        clearInterval(timer)
        onLate(key)
      }, mostMs / parts)
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

function tookTooLong(readingMs: number): EngineError {
  return new EngineError(
    'storage-failed',
    `The engine did not finish reading one answer within ${Math.round(readingMs / 1000)} s and was started again. What was stored is safe. Resume the run: this answer counts as not readable, and the run goes on behind it.`,
    { reason: 'worker' },
  )
}

function inBrackets(message: string): string {
  return message ? ` (${message})` : ''
}
