import type { Signature } from '../../signature/signature'
import { textSignature } from '../kit/text-signature'

// Every sentence that InferRules puts before the prompt model.

/** DSPy's field is `natural_language_rules`; the reasoning comes first, as in its ChainOfThought. */
export function writeRules(count: number): Signature {
  let signature = made.get(count)
  if (signature === undefined) {
    signature = textSignature(
      `Below are solved examples of a task. Work out the rules by which the outputs follow from the inputs. Write ${count === 1 ? 'one rule' : `${count} rules`} for somebody who has to solve new cases: each short, each saying something the others do not, each naming what to look for and what follows from it.`,
      { examples_text: 'Solved examples: inputs, a line of dashes, outputs.' },
      { reasoning: 'What you notice in the examples.', instruction_rules: 'The rules, one a line.' },
    )
    made.set(count, signature)
  }
  return signature
}

const made = new Map<number, Signature>()

export const rulesLeadIn = 'Keep to these rules where they apply:'

export const betweenInputsAndOutputs = '---'
