import type { Json } from '@/lib/json'
import { plainAnswer } from '../signature/types/decision-kinds'
import { EngineError } from '../base/errors'
import type { MetricInput } from './metric'

/** What the program answered for a field, and what the row says is right; of decisions the answers, without their probabilities. Throws `metric-failed` where one is missing. */
export function fieldValues(
  { example, prediction, absent = [] }: MetricInput,
  field: string,
): { readonly label: Json; readonly predicted: Json } {
  const label = example.labels[field]
  const predicted = absent.includes(field) ? null : prediction[field]
  if (label === undefined)
    throw new EngineError('metric-failed', `The row has no label for "${field}". Match a column to it in Data.`, { field })
  if (predicted === undefined)
    throw new EngineError('metric-failed', `The program has no output "${field}". Choose another field in the metric.`, { field })
  return { label: plainAnswer(label), predicted: plainAnswer(predicted) }
}
