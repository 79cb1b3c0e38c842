import { createConnector } from '@/engine/providers/connect'
import type { CallKey, Lm, ModelSpec } from '@/engine/lm/lm'
import type { LiveKeys } from '@/engine/lm/keys/live-keys'
import type { Clock } from '@/engine/base/clock'
import type { ModuleChecker } from '@/engine/user-code/code-runner'
import { systemClock } from '@/lib/system-clock'
import { storedBlobs } from '@/storage/blobs'
import type { KeyRing } from './keys'
import { createWorkerRunner } from './code-client'

/** What all of the engine's work in this worker shares. */
export interface Services extends EngineEnvironment {
  readonly clock: Clock
  readonly keys: KeyRing
  /** The keys in use, to be taken out of what is written and told. */
  readonly liveKeys: LiveKeys
  /** One for all runs, so that they share the queue in front of each provider. */
  readonly connect: (model: ModelSpec) => Lm
  readonly runner: ModuleChecker
}

/** What the page tells the engine when it starts it. */
export interface EngineEnvironment {
  /** Where the app is served: the built runtime lies beside it. */
  readonly baseUrl: string
  /** Told which long answer is being read, and undefined when that has ended. */
  readonly watchReading: (key: CallKey | undefined) => void
  /** The answers on which the page had to end an engine before this one. */
  readonly hung: ReadonlySet<CallKey>
}

export function createServices(environment: EngineEnvironment, keys: KeyRing, liveKeys: LiveKeys): Services {
  const fetchHere: typeof fetch = (input, init) => fetch(input, init)
  return {
    clock: systemClock,
    keys,
    liveKeys,
    connect: createConnector({
      fetch: fetchHere,
      clock: systemClock,
      authorize: keys.authorize,
      keys: liveKeys,
      blobs: storedBlobs,
      plainHttpConnections: 6,
    }),
    runner: createWorkerRunner(),
    ...environment,
  }
}
