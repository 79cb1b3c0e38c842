import { existsSync } from 'node:fs'
import { createConnector } from '@/engine/providers/connect'
import type { CallKey } from '@/engine/lm/lm'
import type { Journal, RunPorts } from '@/engine/run/ports'
import type { CallStore, StoredCall } from '@/engine/lm/call-store'
import { createQuickJsSandbox } from '@/engine/sandbox/quickjs'
import { systemClock } from '@/lib/system-clock'
import { nodeFetch } from './node-fetch'

export const memoryJournal: Journal = { recorded: [], failedCalls: new Map(), append: async () => {} }

export function memoryCallStore(): CallStore {
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
}

/** The engine's ports in Node: real clock, real fetch, QuickJS, and stores in memory unless others are given. */
export async function nodePorts({ authorize, calls, journal }: NodePortOptions = {}): Promise<RunPorts> {
  const connect = createConnector({
    fetch: nodeFetch,
    clock: systemClock,
    authorize: authorize ?? (async () => undefined),
    // Node opens as many connections to one host as it is asked for, where a browser stops at six.
    defaultConcurrency: 16,
  })
  return {
    clock: systemClock,
    calls: calls ?? memoryCallStore(),
    sandbox: await createQuickJsSandbox(),
    journal: journal ?? memoryJournal,
    connect,
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
