/** `majority` takes the most frequent answer, `mean` and `median` work on numbers and take the majority of everything else. */
export const reduceIds = ['majority', 'mean', 'median'] as const
export type ReduceId = (typeof reduceIds)[number]

export const reduceNames: Readonly<Record<ReduceId, string>> = {
  majority: 'majority of answers',
  mean: 'mean of answers',
  median: 'median of answers',
}
