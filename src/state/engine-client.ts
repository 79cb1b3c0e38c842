import type { EngineApi } from '@/worker/api'
import { createEngineClient } from '@/worker/client'

let client: EngineApi | undefined

/** The engine's worker of this tab, started when it is first asked for. */
export function engine(): EngineApi {
  client ??= createEngineClient()
  return client
}
