import { z } from 'zod'
import { isJsonObject, type Json } from '@/lib/json'
import type { Values } from '../base/example'
import { EngineError } from '../base/errors'
import { exactly, type CallRange } from '../lm/call-range'
import { loadOnce } from '../user-code/load-once'
import type { CodeRunner } from '../user-code/code-runner'

/** Worth 1 when no output is empty: the least that can be asked of any answer. */
export const defaultReward = '(inputs, outputs) =>\n  Object.values(outputs).every(value => value !== null && value !== "") ? 1 : 0\n'

export const rewardParam = z.string().min(1).default(defaultReward).meta({
  title: 'Reward',
  help: 'A JavaScript function (inputs, outputs) that returns a number, true or false, or { score, feedback }. It sees no labels. Higher is better.',
  widget: 'code',
})

/**
 * What ends the search of BestOfN and Refine; null for nothing. DSPy wants a number in both and has no default.
 * Differs: a Refine that says nothing, as those made before say, always makes all attempts; a new one starts from 1, as BestOfN does.
 */
export const thresholdParam = z.number().nullable().meta({
  title: 'Threshold',
  help: 'An answer that the reward function gives at least this much ends the search. Empty: always all attempts.',
})

/** How many attempts a step makes that stops at a threshold. */
export function attemptRange(most: number, threshold: number | null): CallRange {
  return threshold === null ? exactly(most) : { low: 1, expected: Math.ceil((most + 1) / 2), high: most }
}

/** A number in the scale of the reward function, which need not be 0 to 1. */
export interface Reward {
  readonly value: number
  readonly feedback?: string
}

/** Asks the reward function in the code runner. Throws `metric-failed` for anything but a finite number, and what the code runner throws. */
export async function rewardOf(source: string, inputs: Values, outputs: Values, runner: CodeRunner): Promise<Reward> {
  const reward = await loadOnce(runner, source, 'reward')
  return readReward(await reward.call([inputs, outputs]))
}

function readReward(returned: Json): Reward {
  if (isJsonObject(returned)) {
    const { feedback } = returned
    const { value } = readReward(returned['score'] ?? null)
    return typeof feedback === 'string' ? { value, feedback } : { value }
  }
  if (typeof returned === 'boolean') return { value: returned ? 1 : 0 }
  if (typeof returned === 'number' && Number.isFinite(returned)) return { value: returned }
  throw new EngineError('metric-failed', 'The reward function returned no number. Return a number, true or false, or { score, feedback }.')
}
