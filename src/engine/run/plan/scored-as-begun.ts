import { metricOfOldRun } from '../../metrics/registry'
import { optimizerKind } from '../../optimizers/registry'
import { scoringVersion, type RunSpec } from '../../record/spec'

/** A spec with the settings written out that its run was begun with and that start from something else now, so that it replays as it ran. */
export function scoredAsBegun(spec: RunSpec): RunSpec {
  const { metric, optimizer, scoring } = spec
  const version = scoring?.version ?? 1
  if (version === scoringVersion) return spec
  const before = (optimizer && optimizerKind(optimizer.id)?.before) ?? []
  const params = Object.assign({}, ...before.flatMap(one => (version < one.scoringVersion ? [one.params] : [])), optimizer?.params)
  return {
    ...spec,
    ...(metric && version < 2 && { metric: metricOfOldRun(metric) }),
    ...(optimizer && { optimizer: { ...optimizer, params } }),
  }
}
