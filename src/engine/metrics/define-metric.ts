import type { z } from 'zod'
import type { MetricKind } from './metric'

/** Ties the type of `params` to `labels` and `bind`, then forgets it for the registry. */
export function defineMetric<S extends z.ZodObject>(kind: MetricKind<S>): MetricKind<S> {
  return kind
}
