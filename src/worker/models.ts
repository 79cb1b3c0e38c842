import type { ModelSpec } from '@/engine/lm/lm'
import type { Project } from '@/engine/project/project'
import { createTally, noTotals } from '@/engine/run/recording/tally'
import { newId } from '@/lib/ids'
import type { ConnectionReport } from './api'
import type { Services } from './services'
import type { Tries } from './tries'

/** Asks the provider of a model for its list and one short answer, and says in plain words what is wrong, if anything. */
export async function testModel(
  { clock, keys }: Services,
  tries: Tries,
  model: ModelSpec,
  project: Pick<Project, 'id' | 'run'>,
): Promise<ConnectionReport> {
  // Loaded when asked for: few visits need it.
  const { testConnection } = await import('@/engine/providers/test-connection')
  return tries.make({ id: newId('try'), project, kind: 'check', title: `Connection to ${model.model || model.label}` }, scope => {
    let calls = 0
    const tally = createTally(noTotals, () => ({ calls, tokens: 0, cost: 0 }))
    return testConnection(model, {
      fetch: (input, init) => fetch(input, init),
      clock,
      authorize: keys.authorize,
      pageOrigin: self.location.origin,
      signal: scope.signal,
      onEnd(end) {
        calls += 1
        tally.request(end)
        scope.note(tally.totals())
      },
    })
  })
}
