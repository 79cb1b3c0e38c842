import { z } from 'zod'
import { pythonStr } from '@/lib/python-text'
import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import { defaultInstructions } from '../signature/default-instructions'
import type { Field } from '../signature/signature'
import { exactly } from '../lm/call-range'
import { withReasoning } from './chain-of-thought'
import { defineModule } from './step'

/**
 * DSPy's `MultiChainComparison`: several chains of thought, then one call that reads them all and answers.
 * Differs: DSPy's class is handed its chains by the caller's code; a node makes them itself, by a predictor of its own (`attempts`).
 */
export const multiChainComparison = defineModule({
  id: 'multi-chain-comparison',
  title: 'MultiChainComparison',
  help: 'Thinks several times, then compares the chains and writes the answer. Costs one call more than it has chains.',
  dspyName: 'MultiChainComparison',
  params: z.object({
    M: z.number().int().min(2).max(20).default(3).meta({ title: 'Chains', help: 'How many chains of thought are compared.' }),
    temperature: z
      .number()
      .min(0)
      .max(2)
      .default(0.7)
      .meta({ title: 'Temperature', help: 'How far the chains stray from each other, and the comparison samples.' }),
  }),
  addedOutputs: () => [rationaleField],
  slots: (node, { M }) => [
    {
      key: '',
      title: 'compare',
      dspyPath: 'predict',
      calls: exactly(1),
      defaultInstructions: defaultInstructions(node.fields),
      signature: instructions => ({ instructions, fields: comparisonFields(node, M) }),
    },
    {
      key: 'attempts',
      title: 'attempts',
      dspyPath: 'attempts.predict',
      isOnlyHere: true,
      calls: exactly(M),
      defaultInstructions: defaultInstructions(node.fields),
      signature: instructions => withReasoning({ instructions, fields: node.fields }),
    },
  ],
  dspyRemarks: (_node, { M, temperature }, subject) => [
    `${subject} makes ${M} chains of thought and compares them; DSPy’s module only compares those it is given. Make them in Python with a dspy.ChainOfThought at temperature ${temperature}, and hand them to dspy.MultiChainComparison(…, M=${M}, temperature=${temperature}) as completions.`,
    `${subject} has an entry "attempts.predict" in the file, with what was learned for its chains. DSPy leaves it out: copy its instructions and demos to the dspy.ChainOfThought that makes them.`,
  ],
  async run(node, inputs, scope, { M, temperature }) {
    const chains = await Promise.allSettled(
      Array.from({ length: M }, (_, sample) => scope.predict('attempts', inputs, { sample, temperature })),
    )
    // All of them have come to an end: what was asked does not depend on which of them failed first.
    const attempts = chains.map((chain, index) => {
      if (chain.status === 'rejected') throw chain.reason
      return [attemptName(index), attemptText(node, chain.value)] as const
    })
    return scope.predict('', { ...inputs, ...Object.fromEntries(attempts) }, { temperature })
  },
})

const rationaleField: Field = {
  id: 'rationale',
  name: 'rationale',
  role: 'output',
  type: { kind: 'str' },
  desc: 'The reasoning that is right after all, step by step.',
}

function comparisonFields(node: SignatureNode, M: number): readonly Field[] {
  const attempts = Array.from({ length: M }, (_, index): Field => ({
    id: attemptName(index),
    name: attemptName(index),
    role: 'input',
    type: { kind: 'str' },
    desc: 'Reasoning and answer of one student.',
  }))
  const outputs = node.fields.filter(field => field.role === 'output')
  const hasOwn = outputs.some(field => field.name === rationaleField.name)
  return [...node.fields.filter(field => field.role === 'input'), ...attempts, ...(hasOwn ? [] : [rationaleField]), ...outputs]
}

function attemptName(index: number): string {
  return `reasoning_attempt_${index + 1}`
}

/** The first line of the reasoning and of the last output, in the marks that show where a text begins and ends. */
function attemptText(node: SignatureNode, values: Values): string {
  const last = node.fields.filter(field => field.role === 'output').at(-1)?.name ?? ''
  return `«I reasoned: ${firstLine(values['reasoning'] ?? '')} So my answer is ${firstLine(values[last] ?? '')}»`
}

function firstLine(value: Values[string]): string {
  return (typeof value === 'string' ? value : pythonStr(value ?? null)).trim().split('\n')[0]?.trim() ?? ''
}
