import { createConnector } from '@/engine/providers/connect'
import type { Lm, ModelSpec } from '@/engine/lm/lm'
import type { Clock } from '@/engine/base/clock'
import type { Sandbox } from '@/engine/sandbox/sandbox'
import { systemClock } from '@/lib/system-clock'
import type { KeyRing } from './keys'
import { createWorkerSandbox } from './sandbox-client'

/** What all of the engine's work in this worker shares. */
export interface Services {
  readonly clock: Clock
  readonly keys: KeyRing
  /** One for all runs, so that they share the queue in front of each provider. */
  readonly connect: (model: ModelSpec) => Lm
  readonly sandbox: Sandbox
  /** Where the app is served: the built runtime lies beside it. */
  readonly baseUrl: string
}

export function createServices({ baseUrl }: { readonly baseUrl: string }, keys: KeyRing): Services {
  const fetchHere: typeof fetch = (input, init) => fetch(input, init)
  return {
    clock: systemClock,
    keys,
    connect: createConnector({ fetch: fetchHere, clock: systemClock, authorize: keys.authorize, plainHttpConnections: 6 }),
    sandbox: createWorkerSandbox(),
    baseUrl,
  }
}
