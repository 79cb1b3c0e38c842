import { z } from 'zod'

/** The output that a field metric looks at; the label of a row has the same name. */
export const fieldParam = z
  .string()
  .min(1)
  .meta({ title: 'Field', help: 'The output to score. The label of the same name holds the right answer.' })
