import type { ModelId } from '../../program/program'
import type { Price, Usage } from '../../lm/lm'
import { costOf } from '../../lm/sending/budget'
import { endpointOf } from '../../providers/registry'
import { modelsOf } from './models-of'
import type { RunModels } from '../../record/spec'

/** What says which of a run's models answered a call. */
export interface AnsweredBy {
  /** Absent in records of older versions. */
  readonly entry?: ModelId
  /** The model's name, and where it was asked as far as the record says so. */
  readonly model: string
  readonly endpoint?: string
}

/**
 * The one place that prices the calls of a run: each by the entry that sent it, since two endpoints may serve one name at two prices. A
 * record without an entry gets the highest price of the models it may mean, so that a cap on money is never passed because of it.
 */
export function pricesOf(models: RunModels): (call: AnsweredBy) => Price | undefined {
  const all = modelsOf(models)
  return ({ entry, model, endpoint }) => {
    const own = entry === undefined ? undefined : all.find(({ id }) => id === entry)
    if (own) return own.price
    const namesakes = all.filter(one => one.model === model)
    const there = namesakes.filter(one => endpoint !== undefined && endpointOf(one) === endpoint)
    return highest((there.length > 0 ? there : namesakes).flatMap(({ price }) => price ?? []))
  }
}

/** A call on record and what it used. */
export interface UsedCall extends AnsweredBy {
  readonly usage: Usage
  /** US dollars, as they were counted when it was paid. */
  readonly cost?: number
}

/** US dollars of a call on record; undefined where its price is unknown. What was counted when it was paid stays. */
export function costOfRecorded(call: UsedCall, priceOf: (call: AnsweredBy) => Price | undefined): number | undefined {
  if (call.cost !== undefined) return call.cost
  const price = priceOf(call)
  return price && costOf(price, call.usage.inputTokens, call.usage.outputTokens)
}

function highest(prices: readonly Price[]): Price | undefined {
  if (prices.length === 0) return undefined
  return { input: Math.max(...prices.map(({ input }) => input)), output: Math.max(...prices.map(({ output }) => output)) }
}
