import { z } from 'zod'
import { defaultInstructions } from '../signature/default-instructions'
import type { Field, Signature } from '../signature/signature'
import { exactly } from '../lm/call-range'
import { defineModule } from './step'

/** DSPy's `ChainOfThought`: the model writes its reasoning before it answers. */
export const chainOfThought = defineModule({
  id: 'chain-of-thought',
  title: 'ChainOfThought',
  help: 'Asks for the reasoning first, then for the outputs. Better where the answer takes steps; costs more tokens.',
  dspyName: 'ChainOfThought',
  params: z.object({}),
  addedOutputs: () => [reasoningField],
  slots: ({ fields }) => [
    {
      key: '',
      title: '',
      dspyPath: 'predict',
      calls: exactly(1),
      defaultInstructions: defaultInstructions(fields),
      signature: instructions => withReasoning({ instructions, fields }),
    },
  ],
  run: (_node, inputs, scope) => scope.predict('', inputs),
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
