export interface PaceSample {
  readonly at: number
  /** LM calls answered until then. */
  readonly answered: number
}

const windowMs = 20_000

/** Adds a sample and drops those too old to say anything about the pace now. */
export function addSample(samples: readonly PaceSample[], sample: PaceSample): readonly PaceSample[] {
  const last = samples.at(-1)
  // Fewer answers than before is another run, or one that was taken up again.
  if (last !== undefined && sample.answered < last.answered) return [sample]
  const recent = samples.filter(({ at }) => at >= sample.at - windowMs)
  // The last sample before the window still bounds it.
  const bound = samples.findLast(({ at }) => at < sample.at - windowMs)
  return [...(bound === undefined || recent.length > 1 ? [] : [bound]), ...recent, sample]
}

/** Milliseconds until `planned` calls are answered at the recent pace; undefined while that cannot be told. */
export function remainingMs(samples: readonly PaceSample[], planned: number, now: number): number | undefined {
  const [first] = samples
  const last = samples.at(-1)
  if (first === undefined || last === undefined || last.answered <= first.answered) return undefined
  const left = planned - last.answered
  if (left <= 0) return undefined
  return (left * (now - first.at)) / (last.answered - first.answered)
}
