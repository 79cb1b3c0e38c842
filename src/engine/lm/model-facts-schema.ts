import { z } from 'zod'
import { refusableOf, type ModelFacts } from './refusable'

/** Facts as they stand in a journal, a spec or the store. Parts that a newer version knows are passed over. */
export const modelFactsSchema = z.object({
  model: z.string(),
  endpoint: z.string(),
  refused: z.array(z.string()).transform(refusableOf),
})

/** The compiler's proof that the schema reads what is written. */
export const readModelFacts = (value: unknown): ModelFacts => modelFactsSchema.parse(value)
