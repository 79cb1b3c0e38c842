import { expose } from 'comlink'
import type { EngineApi } from './api'
import { createEngine } from './engine'
import { carryErrors } from './wire-errors'

let engine: EngineApi | undefined

/** What the worker answers to: `begin` once, then everything of the engine. */
export type WorkerApi = EngineApi & {
  begin(environment: { readonly baseUrl: string }): void
}

// Methods look the engine up when they are called: it is made by `begin`, which is the first message.
const methods = new Proxy(
  {},
  {
    get: (_target, name) => (name === 'begin' ? begin : engine && Reflect.get(engine, name)),
  },
)

function begin(environment: { readonly baseUrl: string }): void {
  engine ??= createEngine(environment)
}

carryErrors()
expose(methods)
