import type { WorkPool } from '@/lib/work-pool'
import type { Example } from '../base/example'
import { EngineError } from '../base/errors'
import type { Rollout } from './rollout'

export interface EvaluateOptions {
  /** Decides how many rows run at once. */
  readonly pool: WorkPool
  readonly signal: AbortSignal
  /** Failed rows that end the batch (DSPy's `max_errors`, counted per evaluation). Differs: a run also allows a share, see `allowedErrors`. */
  readonly maxErrors: number
  /** True leaves failures of the program itself, which have a score of 0, out of that count. */
  readonly isOnTrial?: boolean
  /** Told of every rollout when it ends, in the order they end. */
  readonly onRollout?: (rollout: Rollout, index: number) => void
}

/**
 * The one rollout loop: rows run concurrently, results come in the order of `examples`. Throws `too-many-errors` when
 * `maxErrors` rows failed, and whatever `roll` throws.
 */
export function evaluateExamples(
  examples: readonly Example[],
  roll: (example: Example, index: number) => Promise<Rollout>,
  options: EvaluateOptions,
): Promise<readonly Rollout[]> {
  const { pool, signal, maxErrors, isOnTrial = false, onRollout } = options
  let failed = 0
  const work = async (example: Example, index: number): Promise<Rollout> => {
    const rollout = await roll(example, index)
    onRollout?.(rollout, index)
    const isCounted = rollout.error && !(isOnTrial && rollout.score !== null)
    if (isCounted && ++failed >= Math.max(1, maxErrors)) throw tooManyErrors(failed, rollout.error?.message ?? '')
    return rollout
  }
  return pool.map(examples, work, signal)
}

/** Failed rows at which a batch of so many ends: a number, or a share of the rows where that is more. */
export function allowedErrors(
  { maxErrors, maxErrorShare = 0 }: { readonly maxErrors: number; readonly maxErrorShare?: number },
  rows: number,
): number {
  // At the share itself a batch goes on; a float must not make 30 of 300 into 30.000000000000004.
  return Math.max(maxErrors, maxErrorShare > 0 ? Math.floor(maxErrorShare * rows + 1e-9) + 1 : 0)
}

export function tooManyErrors(failed: number, last: string): EngineError {
  const rows = failed === 1 ? 'One row' : `${failed} rows`
  return new EngineError(
    'too-many-errors',
    `${rows} failed, as many as this run allows. The last one: ${last} Correct the cause and resume, or allow more errors and continue.`,
    { failed },
  )
}
