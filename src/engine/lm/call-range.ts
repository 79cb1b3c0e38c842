/** How many LM requests something takes: at least, as a rule, at most. */
export interface CallRange {
  readonly low: number
  readonly expected: number
  readonly high: number
  /** What it adds to the most of a sum; see `CallEstimate`. */
  readonly highBeside?: number
}

export function exactly(count: number): CallRange {
  return { low: count, expected: count, high: count }
}

/** The range of `count` runs of something. */
export function timesCalls({ low, expected, high }: CallRange, count: number): CallRange {
  return { low: low * count, expected: expected * count, high: high * count }
}

/** All of them together. */
export function sumCalls(ranges: readonly CallRange[]): CallRange {
  const sum = (part: 'low' | 'expected' | 'high'): number => ranges.reduce((total, range) => total + range[part], 0)
  return { low: sum('low'), expected: sum('expected'), high: sum('high') }
}
