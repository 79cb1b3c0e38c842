/** Batches looked at after the first one, at most. */
export const furtherBatches = 9
/** Batches without news after which the looking ends. */
export const mostSkips = 5

/** Requests of `summariseDataset`, where no batch is skipped. */
export function summaryCalls(rows: number, batchSize: number): number {
  return 2 + Math.min(furtherBatches, Math.ceil(rows / batchSize) - 1)
}

/** Fewest requests: the model finds nothing new from the second batch on. */
export function fewestSummaryCalls(rows: number, batchSize: number): number {
  return 2 + Math.min(mostSkips, summaryCalls(rows, batchSize) - 2)
}
