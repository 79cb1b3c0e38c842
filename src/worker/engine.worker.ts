import { expose } from 'comlink'
import type { EngineApi } from './api'
import { createEngine } from './engine'
import type { EngineEnvironment } from './services'
import { carryErrors } from './wire-errors'

let engine: EngineApi | undefined

/** What the worker answers to: `begin` is the first message, then comes everything of the engine by its name. */
const workerApi = {
  begin(baseUrl: string, watchReading: EngineEnvironment['watchReading'], hung: EngineEnvironment['hung']): void {
    engine ??= createEngine({ baseUrl, watchReading, hung })
  },
  call(name: string, ...args: readonly unknown[]): unknown {
    const method: unknown = engine && Reflect.get(engine, name)
    if (typeof method !== 'function') throw new Error(`The engine has no method "${name}".`)
    return Reflect.apply(method, engine, args)
  },
}
export type WorkerApi = typeof workerApi

carryErrors()
expose(workerApi)
