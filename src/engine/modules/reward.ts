import { z } from 'zod'
import { exactly, type CallRange } from '../lm/call-range'

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
