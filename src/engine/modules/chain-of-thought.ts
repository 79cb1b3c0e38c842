import type { Field, Signature } from '../signature/signature'
import type { ModuleKind } from './module'

/** DSPy's `ChainOfThought`: the model writes its reasoning before it answers. */
export const chainOfThought: ModuleKind = {
  id: 'chain-of-thought',
  title: 'ChainOfThought',
  help: 'Asks for the reasoning first, then for the outputs. Better where the answer takes steps; costs more tokens.',
  dspyName: 'ChainOfThought',
  predictors: [{ key: '', dspyPath: 'predict' }],
  addedOutputs: [{ id: 'reasoning', name: 'reasoning', role: 'output', type: { kind: 'str' }, desc: '' }],
  signatureOf: (_key, written) => withReasoning(written),
  run: (inputs, call) => call('', inputs),
}

/** Instructions stay those of the written signature. A signature that already asks for `reasoning` is left as it is. */
function withReasoning(written: Signature): Signature {
  if (written.fields.some(field => field.name === 'reasoning')) return written
  const isInput = (field: Field): boolean => field.role === 'input'
  const inputs = written.fields.filter(isInput)
  const outputs = written.fields.filter(field => !isInput(field))
  return { instructions: written.instructions, fields: [...inputs, ...chainOfThought.addedOutputs, ...outputs] }
}
