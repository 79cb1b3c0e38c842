import type { BlobStore } from '@/engine/blobs/blob-store'
import { existsSync } from 'node:fs'
import { createConnector } from '@/engine/providers/connect'
import type { CallKey } from '@/engine/lm/lm'
import type { Journal, RunPorts } from '@/engine/run/base/ports'
import type { CallStore, StoredCall } from '@/engine/lm/kept/call-store'
import { systemClock } from '@/lib/system-clock'
import { liveKeys } from './keys'
import { nodeFetch } from './node-fetch'
import { createThreadRunner } from './thread-runner'

const memoryJournal: Journal = { recorded: [], failedCalls: new Map(), append: async () => {} }

function memoryCallStore(): CallStore {
  const stored = new Map<CallKey, StoredCall>()
  return {
    get: async key => stored.get(key),
    add: async call => {
      const first = stored.get(call.key)
      if (!first) stored.set(call.key, call)
      return first ?? call
    },
  }
}

export interface NodePortOptions {
  /** The key of an origin; none goes out without it. */
  readonly authorize?: (origin: string) => Promise<string | undefined>
  readonly calls?: CallStore
  readonly journal?: Journal
  /** Where the files lie that rows and demos name. */
  readonly blobs?: Pick<BlobStore, 'get'>
}

/** The engine's ports in Node: real clock, real fetch, a code runner in a thread of its own, and stores in memory unless others are given. */
export function nodePorts({ authorize, calls, journal, blobs }: NodePortOptions = {}): RunPorts {
  const connect = createConnector({
    fetch: nodeFetch,
    clock: systemClock,
    authorize: authorize ?? (async () => undefined),
    keys: liveKeys,
    ...(blobs && { blobs }),
    // Node opens as many connections to one host as it is asked for, where a browser stops at six.
    defaultConcurrency: 16,
  })
  return {
    clock: systemClock,
    calls: calls ?? memoryCallStore(),
    runner: createThreadRunner(),
    journal: journal ?? memoryJournal,
    connect,
    keys: liveKeys,
  }
}

/** Polls for the pause file and tells each change; returns a function that stops looking. */
export function watchPauseFile(path: string | undefined, onChange: (isPaused: boolean) => void): () => void {
  if (path === undefined) return () => {}
  let paused = false
  const look = () => {
    if (existsSync(path) === paused) return
    paused = !paused
    onChange(paused)
  }
  look()
  const timer = setInterval(look, 100)
  return () => clearInterval(timer)
}
