import type { EmbedRequest, LmRequest, LmSettings } from '../lm'
import { textOf, type Message } from '../parts'

/** A request as it is kept. Records of earlier versions ask for vectors by a `task`, with the texts as messages. */
export type StoredRequest = LmRequest | OldEmbedRequest

interface OldEmbedRequest {
  readonly task: 'embed'
  readonly model: string
  readonly messages: readonly Message[]
  readonly settings: LmSettings
  readonly endpoint?: string
}

/** Reads a kept request, one of an earlier version as it would be made today. Its key stays the same. */
export function readStoredRequest(stored: StoredRequest): LmRequest {
  if (!('task' in stored) || stored.task !== 'embed') return stored
  const { model, messages, endpoint } = stored
  const texts = messages.map(({ content }) => textOf(content))
  return { kind: 'embed', model, texts, ...(endpoint !== undefined && { endpoint }) } satisfies EmbedRequest
}
