import { z } from 'zod'
import { exactly, type CallRange } from '../lm/call-range'
import { textRules } from '../metrics/rules'
import type { SignatureNode } from '../program/program'

/** What DSPy's `Predict(signature, **config)` takes for its calls, and what becomes of several completions. Empty: as the model is set. */
export const callConfigShape = {
  n: z.number().int().min(1).max(64).default(1).meta({
    title: 'Completions',
    help: 'How many answers are asked for, each by a request of its own. More than one need some chance: below temperature 0.15 they are asked for at 0.7, as in DSPy.',
  }),
  reduce_fn: z.enum(['majority', 'first']).default('majority').meta({
    title: 'One answer of several',
    help: 'majority: the completion with the most frequent value, as dspy.majority. first: the first one, as DSPy returns it where nobody counts.',
  }),
  field: z.string().optional().meta({
    title: 'Counted output',
    help: 'The output that a majority is counted by. Empty: the last one.',
  }),
  normalize: z.enum(textRules).default('distinct').meta({
    title: 'Equal answers',
    help: 'Which values a majority counts as one. distinct: signs, decimal points and symbols tell values apart. dspy: without any punctuation, as DSPy.',
  }),
  temperature: z.number().min(0).max(2).optional().meta({ title: 'Temperature', help: 'In place of that of the model and of the run.' }),
  max_tokens: z.number().int().min(1).optional().meta({ title: 'Max tokens', help: 'The longest answer, in tokens.' }),
  top_p: z.number().min(0).max(1).optional().meta({ title: 'Top p', help: 'Samples from the most likely tokens that make up this share.' }),
  stop: z.array(z.string().min(1)).max(4).optional().meta({
    title: 'Stop',
    help: 'Texts that end an answer where the model writes one of them, as a JSON list: ["END"].',
  }),
  seed: z.number().int().optional().meta({ title: 'Seed', help: 'For models that take one: the same seed asks for the same answer.' }),
  reasoning_effort: z.enum(['minimal', 'low', 'medium', 'high']).optional().meta({
    title: 'Reasoning effort',
    help: 'How long a reasoning model thinks before it answers.',
  }),
}

export type CallConfig = z.output<z.ZodObject<typeof callConfigShape>>

/** Requests of one run: one for each completion. */
export function completionCalls({ n }: CallConfig): CallRange {
  return exactly(n)
}

/** What keeps these settings from being used, as sentences. */
export function configProblems({ name, fields }: SignatureNode, { field }: CallConfig): readonly string[] {
  if (field === undefined) return []
  const outputs = fields.filter(({ role }) => role === 'output')
  if (outputs.some(output => output.name === field)) return []
  return [
    `${name} counts its completions by "${field}", which is none of its outputs. Choose one of ${outputs.map(output => output.name).join(', ')}, or leave "Counted output" empty.`,
  ]
}

/** What of the settings DSPy's file does not hold: nothing where none is set. */
export function configRemarks(dspyName: string, config: CallConfig, subject: string): readonly string[] {
  const { n, reduce_fn, field, normalize, temperature, max_tokens, top_p, stop, seed, reasoning_effort } = config
  const settings = { temperature, max_tokens, top_p, stop, seed, reasoning_effort }
  const given = Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${JSON.stringify(value)}`]))
  const written = [...(n > 1 ? [`n=${n}`] : []), ...given]
  if (written.length === 0) return []
  const made = `${subject} is asked with settings that DSPy’s file does not hold. Load the file into dspy.${dspyName}(…, ${written.join(', ')})`
  if (n === 1 || reduce_fn === 'first') return [`${made}.`]
  const majority = `dspy.majority(…${field === undefined ? '' : `, field=${JSON.stringify(field)}`})`
  return [
    `${made}, and take ${majority} of what it returns.`,
    ...(normalize === 'dspy'
      ? []
      : [
          `${subject} counts answers that differ in signs or symbols as different; dspy.majority leaves all punctuation out before it counts.`,
        ]),
  ]
}
