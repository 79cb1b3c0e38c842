import { metricOfOldRun } from '../../metrics/registry'
import { optimizerKind } from '../../optimizers/registry'
import type { RunSpec } from '../../record/spec'

/** A spec with the rules of comparison that its run was begun with written out, so that it replays as it was scored. */
export function scoredAsBegun(spec: RunSpec): RunSpec {
  const { metric, optimizer, scoring } = spec
  if (scoring !== undefined) return spec
  const before = optimizer && optimizerKind(optimizer.id)?.before
  return {
    ...spec,
    ...(metric && { metric: metricOfOldRun(metric) }),
    ...(optimizer && before && { optimizer: { ...optimizer, params: { ...before, ...optimizer.params } } }),
  }
}
