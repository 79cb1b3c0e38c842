import { z } from 'zod'
import type { CodeNode } from '../program/program'
import { runCode } from './code-node'
import type { Field } from '../signature/signature'
import { exactly } from './call-range'
import type { NodeKind } from './node-kind'
import type { StepKind } from './step'

/** JavaScript of the user, in the sandbox. Asks no model. */
export const codeStep: StepKind<CodeNode> = {
  id: 'code',
  title: 'Code',
  help: 'JavaScript that turns inputs into outputs. It runs in a sandbox and asks no model.',
  dspyName: 'JavaScript',
  params: z.object({}),
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
  run: (node, inputs, { sandbox }) => runCode(node, inputs, sandbox),
}

export const codeNodes: NodeKind<CodeNode> = {
  id: 'code',
  title: 'Code',
  help: 'Your JavaScript between two steps',
  step: () => codeStep,
  start: { name: 'code', inputs: ['text'], outputs: ['result'] },
  make: base => ({ ...base, kind: 'code', source: passingOn(base.fields) }),
}

/** Code that compiles: hands the inputs through under the names of the outputs. */
function passingOn(fields: readonly Field[]): string {
  const inputs = fields.filter(field => field.role === 'input')
  const outputs = fields.filter(field => field.role === 'output')
  const lines = outputs.map((field, index) => {
    const source = inputs[index] ?? inputs[0]
    return `  ${field.name}: ${source === undefined ? 'null' : `inputs.${source.name}`},`
  })
  return ['return {', ...lines, '}'].join('\n')
}
