import { z } from 'zod'
import type { CodeNode } from '../program/program'
import type { Field } from '../signature/signature'
import { runCode } from './code-node'
import type { StepKind } from './step'

/** JavaScript of the user, in the sandbox. Asks no model. */
export const codeStep: StepKind<CodeNode> = {
  id: 'code',
  title: 'Code',
  help: 'JavaScript that turns inputs into outputs. It runs in a sandbox and asks no model.',
  dspyName: 'JavaScript',
  params: z.object({}),
  starter: base => ({ ...base, kind: 'code', source: handingThrough(base.fields) }),
  takesText: true,
  addedOutputs: () => [],
  slots: () => [],
  ownCalls: () => ({ low: 0, expected: 0, high: 0 }),
  problems: node =>
    node.source.trim() === '' ? [`${node.name} has no code. Write the body of a function of inputs that returns an object.`] : [],
  sources: node => [{ key: '', kind: 'code', source: node.source }],
  run: (node, inputs, { sandbox }) => runCode(node, inputs, sandbox),
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
