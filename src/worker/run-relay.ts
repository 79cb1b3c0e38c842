import type { RunCommand } from '@/engine/run/base/ports'
import type { RunId } from '@/storage/records'
import type { RunMessage } from './api'

type Relayed =
  | { readonly type: 'message'; readonly message: RunMessage }
  | { readonly type: 'command'; readonly runId: RunId; readonly command: RunCommand }

/** Carries what happens in a run to this tab's page and to all other tabs, and commands from any tab to the one that runs it. */
export interface RunRelay {
  publish(message: RunMessage): void
  subscribe(listener: (message: RunMessage) => void): void
  send(runId: RunId, command: RunCommand): void
  onCommand(listener: (runId: RunId, command: RunCommand) => void): void
}

export function createRunRelay(): RunRelay {
  const channel = new BroadcastChannel('dspy-studio-runs')
  const listeners = new Set<(message: RunMessage) => void>()
  const commandListeners = new Set<(runId: RunId, command: RunCommand) => void>()
  // Only workers of this origin and this app speak on the channel; a stale version at worst draws a run it cannot read.
  channel.addEventListener('message', ({ data }: MessageEvent<Relayed>) => {
    if (data.type === 'message') for (const listener of listeners) listener(data.message)
    else if (data.type === 'command') for (const listener of commandListeners) listener(data.runId, data.command)
  })
  return {
    publish(message) {
      for (const listener of listeners) listener(message)
      channel.postMessage({ type: 'message', message } satisfies Relayed)
    },
    subscribe: listener => void listeners.add(listener),
    send: (runId, command) => channel.postMessage({ type: 'command', runId, command } satisfies Relayed),
    onCommand: listener => void commandListeners.add(listener),
  }
}
