import type { Lm, ModelSpec } from '../lm/lm'
import { connectors, type Connection, type ProviderHost } from './connectors'
import { endpointOf } from './registry'

/** Makes the LM of a model. Models of the same name at the same address share one queue, whichever run they work for. */
export function createConnector(host: ProviderHost): (model: ModelSpec) => Lm {
  const connections = new Map<string, Connection>()
  return model => {
    const key = JSON.stringify([model.provider, endpointOf(model), model.model])
    const known = connections.get(key) ?? connectors[model.provider].connect(model, host)
    connections.set(key, known)
    known.configure(model.limits)
    return known.lm
  }
}
