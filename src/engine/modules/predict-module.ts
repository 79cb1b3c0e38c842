import { z } from 'zod'
import { defaultInstructions } from '../signature/default-instructions'
import { callConfigShape, completionCalls, configProblems, configRemarks } from './call-config'
import { defineModule, runOnUse } from './step'

/** DSPy's `Predict`: one question to the model, with the signature as it is written. */
export const predictModule = defineModule({
  id: 'predict',
  title: 'Predict',
  help: 'Asks the model once for the outputs of the signature.',
  dspyName: 'Predict',
  params: z.object(callConfigShape),
  slots: ({ fields }, config) => [
    {
      key: '',
      title: '',
      dspyPath: '',
      calls: completionCalls(config),
      defaultInstructions: defaultInstructions(fields),
      signature: instructions => ({ instructions, fields }),
    },
  ],
  problems: configProblems,
  dspyRemarks: (_node, config, subject) => configRemarks('Predict', config, subject),
  run: runOnUse(async () => (await import('./predict-run')).runPredict),
})
