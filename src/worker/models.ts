import type { ModelSpec } from '@/engine/lm/lm'
import type { ConnectionReport } from './api'
import type { Services } from './services'

/** Asks the provider of a model for its list and one short answer, and says in plain words what is wrong, if anything. */
export async function testModel({ clock, keys }: Services, model: ModelSpec): Promise<ConnectionReport> {
  // Loaded when asked for: few visits need it.
  const { testConnection } = await import('@/engine/providers/test-connection')
  return testConnection(model, {
    fetch: (input, init) => fetch(input, init),
    clock,
    authorize: keys.authorize,
    pageOrigin: self.location.origin,
  })
}
