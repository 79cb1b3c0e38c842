import type { ModelSpec } from '../../lm/lm'
import { knownFacts, type KnownFacts } from '../../lm/sending/model-facts'
import { factsOf, type ModelFacts } from '../../lm/refusable'
import { endpointOf } from '../../providers/registry'
import type { JournalEvent } from '../../record/events'
import { modelsOf } from './models-of'
import type { RunModels, RunSpec } from '../../record/spec'

/** What a run knows of each of its models. Two of one name at one address share it. */
export type RunFacts = (model: ModelSpec) => KnownFacts

/**
 * Begins with what the spec and the journal of earlier attempts say, and tells what is learned. Only the spec decides which requests are
 * made, so that a replay makes the same ones; the rest decides how they are written.
 */
export function createRunFacts(
  { facts = [], callKeys }: Pick<RunSpec, 'facts' | 'callKeys'>,
  recorded: readonly JournalEvent[],
  onLearn: (learned: ModelFacts) => void,
): RunFacts {
  const journaled = recorded.filter(event => event.type === 'model-facts')
  const known = new Map<string, KnownFacts>()
  return spec => {
    const { model } = spec
    const endpoint = endpointOf(spec) ?? ''
    const key = JSON.stringify([endpoint, model])
    let found = known.get(key)
    if (found === undefined) {
      const atStart = factsOf(facts, model, callKeys?.moved?.[endpoint] ?? endpoint)
      found = knownFacts(atStart, factsOf(journaled, model, endpoint), refused => onLearn({ model, endpoint, refused }))
      known.set(key, found)
    }
    return found
  }
}

/** What is known of the models of a run, among all that is known. */
export function factsAbout(models: RunModels, all: readonly ModelFacts[]): readonly ModelFacts[] {
  const asked = modelsOf(models).map(model => ({ model: model.model, endpoint: endpointOf(model) ?? '' }))
  return all.filter(fact => asked.some(({ model, endpoint }) => model === fact.model && endpoint === fact.endpoint))
}

/** The endpoint that the keys of a model's calls name in this run, apart from that of others where it asks afresh; undefined where they name none. */
export function keyedEndpoint({ callKeys }: Pick<RunSpec, 'callKeys'>, model: ModelSpec): string | undefined {
  if (callKeys === undefined) return undefined
  const endpoint = endpointOf(model)
  if (endpoint === undefined) return undefined
  const first = callKeys.moved?.[endpoint] ?? endpoint
  return callKeys.fresh === undefined ? first : `${first} ${callKeys.fresh}`
}
