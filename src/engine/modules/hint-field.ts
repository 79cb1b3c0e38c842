import type { Field } from '../signature/signature'

/** Stands where there is no advice, and in demos that were made without any. */
export const noHint = 'N/A'

/** DSPy's name of the input that carries advice. */
export const hintField: Field = {
  id: 'hint_',
  name: 'hint_',
  role: 'input',
  type: { kind: 'str' },
  desc: 'Advice from an earlier attempt at these inputs. N/A where there is none.',
}
