import type { EngineApi } from '@/worker/api'
import { createEngineClient } from '@/worker/client'
import { notifyError } from './notices'

let client: EngineApi | undefined
const crashListeners = new Set<() => void>()

/** The engine's worker of this tab, started when it is first asked for. */
export function engine(): EngineApi {
  client ??= createEngineClient({
    onCrash(error) {
      for (const listener of crashListeners) listener()
      notifyError('The engine was started again', error)
    },
  })
  return client
}

/** Hears when the worker ended on a fault: nothing more will be heard of what it was doing. */
export function onEngineCrash(listener: () => void): void {
  crashListeners.add(listener)
}
