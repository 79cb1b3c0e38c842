import type { RunSpec } from '../../record/spec'
import type { Budget } from '../../lm/spend'

/** How far a run may go. */
export interface Limits {
  readonly budget: Budget
  /** Failed rows that end it; absent leaves the number as it is. */
  readonly maxErrors?: number
}

/**
 * The spec of a run that goes on with other limits. They decide how far a run goes, not which way: taken up again, it ends as one
 * started with them. Allowed errors never get fewer, and an optimizer's own number of them rises with the run's.
 */
export function raiseLimits(spec: RunSpec, { budget, maxErrors = spec.maxErrors }: Limits): RunSpec {
  const { optimizer } = spec
  const own = optimizer?.params['max_errors']
  return {
    ...spec,
    budget,
    maxErrors: Math.max(spec.maxErrors, maxErrors),
    ...(optimizer &&
      typeof own === 'number' &&
      own < maxErrors && { optimizer: { ...optimizer, params: { ...optimizer.params, max_errors: maxErrors } } }),
  }
}
