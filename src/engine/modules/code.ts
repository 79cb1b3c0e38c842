import { z } from 'zod'
import type { CodeNode } from '../program/program'
import type { Field } from '../signature/signature'
import { exactly } from '../lm/call-range'
import type { NodeKind } from './node-kind'
import { bindStep, noRemarks, runOnUse, type StepKind } from './step'

/** JavaScript of the user, in the code runner. Asks no model. */
export const codeStep: StepKind<CodeNode> = {
  id: 'code',
  title: 'Code',
  help: 'JavaScript that turns inputs into outputs. It runs apart from the page, with limits on time and memory, and asks no model.',
  dspyName: 'JavaScript',
  params: z.object({}),
  starter: base => ({ ...base, kind: 'code', source: handingThrough(base.fields) }),
  takesText: true,
  needsInput: false,
  namesPerSide: false,
  addedOutputs: () => [],
  slots: () => [],
  ownCalls: () => exactly(0),
  bodies: () => [],
  bodyCalls: () => exactly(0),
  problems: node =>
    node.source.trim() === '' ? [`${node.name} has no code. Write the body of a function of inputs that returns an object.`] : [],
  sources: node => [{ key: '', kind: 'code', source: node.source }],
  remarks: (_node, subject) => ({
    ...noRemarks,
    dspy: [`${subject} runs JavaScript, which DSPy’s file does not hold. Write it in Python, between the modules of your program.`],
  }),
  run: runOnUse(async () => (await import('./code-run')).runCode),
}

export const codeNodes: NodeKind = {
  id: 'code',
  title: 'Code',
  help: 'Your JavaScript between two steps',
  steps: [codeStep],
  step: node => (node.kind === 'code' ? bindStep(codeStep, node) : undefined),
  start: { name: 'code', inputs: ['text'], outputs: ['result'] },
  make: codeStep.starter,
}

/** Code that compiles: hands the inputs through under the names of the outputs, by name where there is one, else in their order. */
function handingThrough(fields: readonly Field[]): string {
  const inputs = fields.filter(field => field.role === 'input')
  const outputs = fields.filter(field => field.role === 'output')
  const lines = outputs.map(({ name }, index) => {
    const source = inputs.find(input => input.name === name) ?? inputs[index] ?? inputs[0]
    return `  ${name}: ${source === undefined ? 'null' : `inputs.${source.name}`},`
  })
  return ['return {', ...lines, '}'].join('\n')
}
