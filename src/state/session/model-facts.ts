import { useQuery } from '@tanstack/react-query'
import type { ModelSpec } from '@/engine/lm/lm'
import { endpointOf } from '@/engine/providers/registry'
import { factsOf, type RefusablePart } from '@/engine/lm/refusable'
import { forgetModelFacts, listModelFacts } from '@/storage/model-facts'
import { notifyError } from './notices'
import { invalidate, queryKeys } from './query-client'

/** What runs in this browser found a model not to take. */
export function useModelFacts(model: ModelSpec): readonly RefusablePart[] {
  const { data = [] } = useQuery({ queryKey: queryKeys.modelFacts(), queryFn: () => listModelFacts() })
  return factsOf(data, model.model, endpointOf(model) ?? '')
}

/** The next run asks the model for everything again. A run under way keeps what it knows. */
export async function resetModelFacts(model: ModelSpec): Promise<void> {
  try {
    await forgetModelFacts({ model: model.model, endpoint: endpointOf(model) ?? '' })
  } catch (error) {
    notifyError('What was found out could not be reset', error)
  }
  invalidate(queryKeys.modelFacts())
}
