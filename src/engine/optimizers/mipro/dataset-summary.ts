import type { Example } from '../../base/example'
import type { AskOptions, RunContext } from '../kit/run-context'
import { unlessRefused } from '../kit/instructions'
import { furtherBatches, mostSkips } from './dataset-summary-calls'
import { observeMoreRows, observeRows, summariseObservations } from './text'
import { showRows } from '../kit/show-rows'

/**
 * What the prompt model makes of the data, batch by batch, in two or three sentences (dspy-spec §6.7, step 2b). It may say that a
 * batch holds nothing new; the fifth time ends the looking. Undefined when there is nothing to go by.
 */
export async function summariseDataset(run: RunContext<unknown>, rows: readonly Example[], batchSize: number): Promise<string | undefined> {
  const options: AskOptions = { purpose: 'propose', temperature: 1 }
  const batch = (index: number): string => showRows(rows.slice(index * batchSize, (index + 1) * batchSize))
  const first = await unlessRefused(run.ask(observeRows, { examples: batch(0) }, options))
  if (first === undefined) return undefined
  let observations = String(first.values['observations'])
  let skips = 0
  for (let index = 1; index <= furtherBatches && index * batchSize < rows.length; index++) {
    const inputs = { examples: batch(index), prior_observations: observations }
    const more = await unlessRefused(run.ask(observeMoreRows, inputs, options))
    // What there is so far is still good.
    if (more === undefined) break
    const text = String(more.values['observations'])
    if (!/^complete/i.test(text)) observations += `\n${text}`
    else if (++skips >= mostSkips) break
  }
  const summary = await unlessRefused(run.ask(summariseObservations, { observations }, options))
  return summary && String(summary.values['summary'])
}
