import type { Lm, LmLine, ModelSpec } from '../lm/lm'
import { createLine } from '../lm/sending/line'
import { connectors, type Connection } from './connectors'
import type { ProviderHost } from './base/host'
import { EngineError } from '../base/errors'
import { isThere } from './knock'
import { endpointOf, isKnownProvider, unknownProviderWords } from './registry'

/** Makes the LM of a model. Models of the same name at the same address share one queue, whichever run they work for; all of an address share its outages. */
export function createConnector(host: ProviderHost): (model: ModelSpec) => Lm {
  const connections = new Map<string, Connection>()
  const lines = new Map<string, LmLine>()
  const lineTo = (endpoint: string): LmLine => {
    const line =
      lines.get(endpoint) ??
      createLine({ clock: host.clock, host: new URL(endpoint).host, knock: signal => isThere(host.fetch, endpoint, signal) })
    lines.set(endpoint, line)
    return line
  }
  return model => {
    if (!isKnownProvider(model.provider))
      throw new EngineError('params-invalid', unknownProviderWords(model), { path: 'models', model: model.id })
    const endpoint = endpointOf(model)
    const key = JSON.stringify([model.provider, endpoint, model.model])
    const known =
      connections.get(key) ?? connectors[model.provider].connect(model, host, endpoint === undefined ? undefined : lineTo(endpoint))
    connections.set(key, known)
    known.configure(model.limits)
    return known.lm
  }
}
