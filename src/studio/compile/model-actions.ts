import type { ModelSpec } from '@/engine/lm/lm'
import { currentProject } from '@/state/document/project-store'
import { engine } from '@/state/session/engine-client'
import { notifyError } from '@/state/session/notices'
import { invalidate, queryKeys } from '@/state/session/query-client'
import type { ConnectionReport } from '@/worker/api'

/** Binds a key to an origin; false when the studio refused it. */
export async function saveKey(origin: string, key: string, remember: boolean): Promise<boolean> {
  try {
    await engine().setKey(origin, key, remember)
    return true
  } catch (error) {
    notifyError('The key was not saved', error)
    return false
  } finally {
    invalidate(queryKeys.keys())
  }
}

export function testConnection(model: ModelSpec): Promise<ConnectionReport> {
  return engine().testConnection(model, currentProject())
}
