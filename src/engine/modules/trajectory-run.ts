import type { Json } from '@/lib/json'
import { formatValue } from '../adapters/format-value'
import { isEngineError } from '../base/errors'
import type { Values } from '../base/example'
import type { Scope } from './scope'

/** Asks with what an agent has done; where it is too long for the model, without the oldest of it, at most three times (dspy-spec §3.3). */
export async function shortening<T>(
  turns: readonly T[],
  ask: (kept: readonly T[]) => Promise<Values>,
): Promise<{ readonly values: Values; readonly trajectory: readonly T[] }> {
  let kept = turns
  for (let attempt = 1; ; attempt++) {
    try {
      return { values: await ask(kept), trajectory: kept }
    } catch (error) {
      if (!isEngineError(error, 'lm-context-length') || kept.length < 2 || attempt === 3) throw error
      kept = kept.slice(1)
    }
  }
}

/** The parts of a trajectory as the step's adapter shows named values. */
export function blocksText({ block }: Pick<Scope, 'block'>, entries: readonly (readonly [string, Json])[]): string {
  return entries.map(([name, value]) => block(name, formatValue({ kind: 'any' }, value))).join('\n\n')
}
