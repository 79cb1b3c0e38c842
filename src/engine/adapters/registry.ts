import type { Adapter } from './adapter'
import { chatAdapter } from './chat'
import { jsonAdapter } from './json'

export const adapters = { chat: chatAdapter, json: jsonAdapter } satisfies Record<string, Adapter>
