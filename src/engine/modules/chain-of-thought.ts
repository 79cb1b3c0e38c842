import { z } from 'zod'
import { defaultInstructions } from '../signature/default-instructions'
import type { Field, Signature } from '../signature/signature'
import { callConfigShape, completionCalls, configProblems, configRemarks } from './call-config'
import { defineModule, runOnUse } from './step'

/** DSPy's `ChainOfThought`: the model writes its reasoning before it answers. */
export const chainOfThought = defineModule({
  id: 'chain-of-thought',
  title: 'ChainOfThought',
  help: 'Asks for the reasoning first, then for the outputs. Better where the answer takes steps; costs more tokens.',
  dspyName: 'ChainOfThought',
  params: z.object(callConfigShape),
  addedOutputs: () => [reasoningField],
  slots: ({ fields }, config) => [
    {
      key: '',
      title: '',
      dspyPath: 'predict',
      calls: completionCalls(config),
      defaultInstructions: defaultInstructions(fields),
      signature: instructions => withReasoning({ instructions, fields }),
    },
  ],
  problems: configProblems,
  dspyRemarks: (_node, config, subject) => configRemarks('ChainOfThought', config, subject),
  run: runOnUse(async () => (await import('./predict-run')).runPredict),
})

export const reasoningField: Field = { id: 'reasoning', name: 'reasoning', role: 'output', type: { kind: 'str' }, desc: '' }

/** Instructions stay those of the written signature. A signature that already asks for `reasoning` is left as it is. */
export function withReasoning(written: Signature): Signature {
  if (written.fields.some(field => field.name === reasoningField.name)) return written
  const isInput = (field: Field): boolean => field.role === 'input'
  const inputs = written.fields.filter(isInput)
  const outputs = written.fields.filter(field => !isInput(field))
  return { instructions: written.instructions, fields: [...inputs, reasoningField, ...outputs] }
}
