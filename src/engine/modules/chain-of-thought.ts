import { z } from 'zod'
import { holdsFile } from '../signature/check-fields'
import { defaultInstructions } from '../signature/default-instructions'
import type { Field, Signature } from '../signature/signature'
import { parseTypeName } from '../signature/parse-type-name'
import { typeName } from '../signature/type-name'
import { callConfigShape, completionCalls, configProblems, configRemarks } from './call-config'
import { defineModule, runOnUse } from './step'

/** DSPy's `ChainOfThought`: the model writes its reasoning before it answers. */
export const chainOfThought = defineModule({
  id: 'chain-of-thought',
  title: 'ChainOfThought',
  help: 'Asks for the reasoning first, then for the outputs. Better where the answer takes steps; costs more tokens.',
  dspyName: 'ChainOfThought',
  params: z.object({
    ...callConfigShape,
    rationaleDesc: z.string().default('').meta({
      title: 'Description of the reasoning',
      help: 'What the model is told about the field `reasoning`. Empty tells it nothing, as in DSPy.',
    }),
    rationaleType: z
      .string()
      .default('str')
      .refine(isType, 'Write a type such as str, list[str] or dict[str, Any].')
      .meta({ title: 'Type of the reasoning', help: 'As in a signature: str, list[str], dict[str, Any].' }),
    rationalePrefix: z.string().default('').meta({
      title: 'Prefix of the reasoning',
      help: 'Stands in saved programs and in lists of demos; prompts do not show it. Empty is `Reasoning:`.',
    }),
  }),
  addedOutputs: (_node, params) => [rationaleField(params)],
  slots: ({ fields }, params) => [
    {
      key: '',
      title: '',
      dspyPath: 'predict',
      calls: completionCalls(params),
      defaultInstructions: defaultInstructions(fields),
      signature: instructions => withReasoning({ instructions, fields }, rationaleField(params)),
    },
  ],
  problems: configProblems,
  dspyRemarks(_node, params, subject) {
    const type = typeName(rationaleField(params).type)
    // Its description and prefix are in the file.
    const made = `${subject} has reasoning of the type ${type}. Make it in Python with dspy.ChainOfThought(…, rationale_field_type=${type}).`
    return [...configRemarks('ChainOfThought', params, subject), ...(type === 'str' ? [] : [made])]
  },
  run: runOnUse(async () => (await import('./predict-run')).runPredict),
})

/** DSPy's `rationale_field`. Its name is `reasoning` there as well, whatever it is. */
function rationaleField(params: {
  readonly rationaleDesc: string
  readonly rationaleType: string
  readonly rationalePrefix: string
}): Field {
  const { rationaleDesc: desc, rationaleType, rationalePrefix: prefix } = params
  return { ...reasoningField, type: parseTypeName(rationaleType), desc, ...(prefix !== '' && { prefix }) }
}

function isType(text: string): boolean {
  try {
    return !holdsFile(parseTypeName(text))
  } catch {
    return false
  }
}

export const reasoningField: Field = { id: 'reasoning', name: 'reasoning', role: 'output', type: { kind: 'str' }, desc: '' }

/** Instructions stay those of the written signature. A signature that already asks for `reasoning` is left as it is. */
export function withReasoning(written: Signature, reasoning = reasoningField): Signature {
  if (written.fields.some(field => field.name === reasoningField.name)) return written
  const isInput = (field: Field): boolean => field.role === 'input'
  const inputs = written.fields.filter(isInput)
  const outputs = written.fields.filter(field => !isInput(field))
  return { instructions: written.instructions, fields: [...inputs, reasoning, ...outputs] }
}
