import type { ModelSpec } from '@/engine/lm/lm'
import { currentProject } from '@/state/document/project-store'
import { engine } from '@/state/session/engine-client'
import type { ConnectionReport } from '@/worker/api'

/** With the key that is typed, where there is one: it is tried before it is saved. Else with the saved key of the address. */
export function testConnection(model: ModelSpec, typedKey: string): Promise<ConnectionReport> {
  return engine().testConnection(model, currentProject(), typedKey.trim() === '' ? undefined : typedKey)
}
