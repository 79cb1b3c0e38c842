import type { CallRange } from '../../lm/call-range'
import type { OptimizerSizes } from './optimizer'

/**
 * LM requests to bootstrap so many demos (dspy-spec §6.19): at best one run for each, at most every row in every round; none where
 * no predictor may take demos. The expected number takes a teacher that gets half of the rows right.
 */
export function bootstrapCalls(demos: number, maxRounds: number, { train, callsPerRun, openDemos }: OptimizerSizes): CallRange {
  const wanted = openDemos > 0 ? demos : 0
  const runs = { low: Math.min(wanted, train), high: wanted === 0 ? 0 : train * maxRounds }
  const expected = Math.min(runs.high, Math.max(runs.low, wanted * 2))
  return { low: runs.low * callsPerRun, expected: expected * callsPerRun, high: runs.high * callsPerRun }
}

/** All of them together. */
export function addCalls(ranges: readonly CallRange[]): CallRange {
  const sum = (pick: (range: CallRange) => number): number => ranges.reduce((total, range) => total + pick(range), 0)
  return { low: sum(range => range.low), expected: sum(range => range.expected), high: sum(mostBeside) }
}

/** What a range adds to the most of a sum. */
export function mostBeside({ high, highBeside = high }: CallRange): number {
  return highBeside
}
