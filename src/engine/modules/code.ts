import { z } from 'zod'
import type { CodeNode } from '../program/program'
import { runCode } from './code-node'
import type { StepKind } from './step'

/** JavaScript of the user, in the sandbox. Asks no model. */
export const codeStep: StepKind<CodeNode> = {
  id: 'code',
  title: 'Code',
  help: 'JavaScript that turns inputs into outputs. It runs in a sandbox and asks no model.',
  dspyName: 'JavaScript',
  params: z.object({}),
  takesText: true,
  addedOutputs: () => [],
  slots: () => [],
  ownCalls: () => ({ low: 0, expected: 0, high: 0 }),
  problems: node =>
    node.source.trim() === '' ? [`${node.name} has no code. Write the body of a function of inputs that returns an object.`] : [],
  sources: node => [{ key: '', kind: 'code', source: node.source }],
  run: (node, inputs, { sandbox }) => runCode(node, inputs, sandbox),
}
