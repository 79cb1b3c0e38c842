import { z } from 'zod'
import { defaultInstructions } from '../signature/default-instructions'
import { exactly } from '../lm/call-range'
import { defineModule } from './step'

/** DSPy's `Predict`: one question to the model, with the signature as it is written. */
export const predictModule = defineModule({
  id: 'predict',
  title: 'Predict',
  help: 'Asks the model once for the outputs of the signature.',
  dspyName: 'Predict',
  params: z.object({}),
  slots: ({ fields }) => [
    {
      key: '',
      title: '',
      dspyPath: '',
      calls: exactly(1),
      defaultInstructions: defaultInstructions(fields),
      signature: instructions => ({ instructions, fields }),
    },
  ],
  run: (_node, inputs, scope) => scope.predict('', inputs),
})
