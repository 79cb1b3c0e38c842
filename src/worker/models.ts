import { isEngineError } from '@/engine/base/errors'
import type { LiveKeys } from '@/engine/lm/keys/live-keys'
import { takeKey } from '@/engine/lm/keys/take-key'
import type { ModelSpec } from '@/engine/lm/lm'
import type { Project } from '@/engine/project/project'
import { createTally } from '@/engine/run/recording/tally'
import { noTotals } from '@/engine/record/totals'
import { newId } from '@/lib/ids'
import type { ConnectionReport } from './api'
import type { Services } from './services'
import type { Tries } from './tries'

export interface ConnectionToTest {
  readonly model: ModelSpec
  readonly project: Pick<Project, 'id' | 'run'>
  /** Tried in place of the saved one, at the address of the model only; it is kept nowhere. */
  readonly typedKey: string | undefined
}

/** Asks the provider of a model for its list and one short answer, and says in plain words what is wrong, if anything. */
export async function testModel(
  { clock, keys, liveKeys }: Services,
  tries: Tries,
  { model, project, typedKey }: ConnectionToTest,
): Promise<ConnectionReport> {
  // Loaded when asked for: few visits need it.
  const { testConnection } = await import('@/engine/providers/test-connection')
  // It is kept nowhere, and so known only as long as anything may still quote it.
  const forget = typedKey === undefined ? undefined : holdTyped(typedKey, liveKeys)
  const test = tries.make({ id: newId('try'), project, kind: 'check', title: `Connection to ${model.model || model.label}` }, scope => {
    let calls = 0
    const tally = createTally(noTotals, () => ({ calls, tokens: 0, cost: 0 }))
    scope.countBy(tally.totals)
    return testConnection(model, {
      fetch: (input, init) => fetch(input, init),
      clock,
      authorize: async origin => (typedKey !== undefined && origin === originOf(model) ? typedKey : keys.authorize(origin)),
      keys: liveKeys,
      pageOrigin: self.location.origin,
      signal: scope.signal,
      onEnd(end) {
        calls += 1
        tally.request(end)
      },
    })
  })
  return test.finally(forget)
}

/** What no header can carry is not sent, and the test says why. */
function holdTyped(typed: string, liveKeys: LiveKeys): (() => void) | undefined {
  try {
    return liveKeys.use(takeKey(typed).key)
  } catch (error) {
    if (isEngineError(error, 'params-invalid')) return undefined
    throw error
  }
}

function originOf({ baseUrl = '' }: ModelSpec): string | undefined {
  return URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined
}
