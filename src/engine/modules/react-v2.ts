import { z } from 'zod'
import { submitTool } from '../base/agent-words'
import type { SignatureNode } from '../program/program'
import { defaultInstructions } from '../signature/default-instructions'
import type { Field } from '../signature/signature'
import { listed, madeField, namedFields } from './made-fields'
import { starterTool, toolProblems, toolSchema, toolSources, type Tool } from './react-tools'
import { toolsShown } from './react-v2-tools'
import { defineModule, runOnUse } from './step'

/**
 * DSPy's `ReActV2`: an agent of one predictor. What it did is a conversation, each turn of which may call several tools; it answers by
 * calling `submit` with the outputs. Source: dspy-spec §3.4, dspy-spec-3.4 §A.9.
 * Differs: where tools are not offered to the model but shown and called as text, the last turn, which has to submit, says
 * so in the prompt: a choice of tool, which DSPy sends, has no meaning there.
 */
export const reactV2 = defineModule({
  id: 'react-v2',
  title: 'ReActV2',
  help: 'Thinks and calls tools in a conversation, several at once where it helps, and answers by handing the outputs in: one predictor does all of it.',
  dspyName: 'ReActV2',
  params: z.object({
    tools: z.array(toolSchema).default([]).meta({ title: 'Tools', help: 'What the model may call.', widget: 'tools', endTool: submitTool }),
    max_iters: z.number().int().min(1).max(100).default(20).meta({
      title: 'Most turns',
      help: 'After so many it is asked once more, for the outputs alone.',
    }),
  }),
  starter: { tools: [starterTool] },
  addedOutputs: () => [historyOutput, reasonOutput],
  slots: (node, { tools, max_iters }) => [
    {
      key: 'react',
      title: 'react',
      dspyPath: 'react',
      calls: { low: 1, expected: Math.min(max_iters, tools.length + 1), high: max_iters + 1 },
      defaultInstructions: defaultInstructions(node.fields),
      given: { tools: toolsShown(node, tools) },
      signature: instructions => ({
        instructions: `${instructions}\n\n${agentText(node, tools)}`.trim(),
        fields: [...namedFields(node, 'input').map(asOptional), ...turnFields],
      }),
    },
  ],
  problems: (node, { tools }) => [...reservedNames(node), ...toolProblems(node.name, tools, submitTool)],
  sources: (_node, { tools }) => toolSources(tools),
  tools: (_node, { tools }) => tools,
  dspyRemarks(_node, { tools, max_iters }, subject) {
    const names = tools.map(({ name }) => name).join(', ')
    return [
      `${subject} calls tools, which DSPy’s file does not hold, nor the most turns. Write them in Python under the same names, with the same arguments: the instructions in the file speak of them. Then load the file into dspy.ReActV2(…, tools=[${names}], max_iters=${max_iters}).`,
    ]
  },
  run: runOnUse(async () => (await import('./react-v2-run')).runReactV2),
})

const historyOutput = madeField('history', 'output', '', { kind: 'object', fields: {} })
const reasonOutput = madeField('termination_reason', 'output')

const turnFields: readonly Field[] = [
  madeField('history', 'input', '', { kind: 'history' }),
  madeField('tools', 'input', '', { kind: 'list', of: { kind: 'tool' } }),
  madeField('next_thought', 'output', '', { kind: 'reasoning' }),
  madeField('tool_calls', 'output', '', { kind: 'tool-calls' }),
]

/** Inputs are shown until the first turn is on record; after that they stand in it. */
function asOptional(field: Field): Field {
  return field.type.kind === 'optional' ? field : { ...field, type: { kind: 'optional', of: field.type } }
}

function agentText(node: SignatureNode, tools: readonly Tool[]): string {
  const names = [...tools.map(({ name }) => name), submitTool].map(name => `\`${name}\``)
  return [
    `You work as an agent: find out what it takes to answer ${listed(node, 'output')} from ${listed(node, 'input')}.`,
    `In each turn call one or several of the tools ${names.join(', ')}; what they return is shown to you in the next turn.`,
    `Once you know enough, call \`${submitTool}\` with ${listed(node, 'output')}: that ends the work.`,
  ].join('\n')
}

/** DSPy refuses the same: what the module returns and what it is asked with would hide them. */
function reservedNames({ name, fields }: SignatureNode): readonly string[] {
  const reserved = { input: ['history', 'tools', 'next_thought', 'tool_calls'], output: ['history', 'termination_reason'] }
  return fields
    .filter(field => reserved[field.role].includes(field.name))
    .map(field => `${name} has an ${field.role} "${field.name}", a name that ReActV2 needs itself. Rename it.`)
}
