import { z } from 'zod'
import { finishTool } from '../base/agent-words'
import type { SignatureNode } from '../program/program'
import { defaultInstructions } from '../signature/default-instructions'
import type { FieldType } from '../signature/types/field-type'
import type { Field } from '../signature/signature'
import { exactly } from '../lm/call-range'
import { reasoningField, withReasoning } from './chain-of-thought'
import { toolLine, starterTool, toolProblems, toolSchema, toolSources, type Tool } from './react-tools'
import { defineModule, runOnUse } from './step'

/**
 * DSPy's `ReAct`: think, call a tool, look at what it returned, and again, until the model calls `finish`; then a second predictor
 * reads the whole trajectory and answers. Source: the ReAct paper (Yao et al. 2022), dspy-spec §3.3.
 * Differs: a step whose answer cannot be read ends the loop, and the row says so; in DSPy it ends the row. The tools are no part of the
 * tuned instructions: they are added when the model is asked, so that a new tool reaches a compiled program.
 */
export const react = defineModule({
  id: 'react',
  title: 'ReAct',
  help: 'Thinks and calls tools in turn until it knows enough, then answers. The tools are yours, in JavaScript.',
  dspyName: 'ReAct',
  params: z.object({
    tools: z.array(toolSchema).default([]).meta({ title: 'Tools', help: 'What the model may call.', widget: 'tools' }),
    max_iters: z.number().int().min(1).max(100).default(20).meta({
      title: 'Most steps',
      help: 'After so many tool calls it answers with what it has.',
    }),
  }),
  starter: { tools: [starterTool] },
  addedOutputs: () => [trajectoryField, reasoningField],
  slots: (node, { tools, max_iters }) => [
    {
      key: 'react',
      title: 'react',
      dspyPath: 'react',
      calls: { low: 1, expected: Math.min(max_iters, tools.length + 1), high: max_iters },
      defaultInstructions: defaultInstructions(node.fields),
      signature: instructions => ({
        instructions: `${instructions}\n\n${loopText(node, tools)}`.trim(),
        fields: [...inputsOf(node), trajectoryInput, ...stepFields(tools)],
      }),
    },
    {
      key: 'extract',
      title: 'extract',
      dspyPath: 'extract.predict',
      calls: exactly(1),
      defaultInstructions: defaultInstructions(node.fields),
      signature: instructions => withReasoning({ instructions, fields: [...inputsOf(node), trajectoryInput, ...outputsOf(node)] }),
    },
  ],
  problems: (node, { tools }) => toolProblems(node.name, tools),
  sources: (_node, { tools }) => toolSources(tools),
  tools: (_node, { tools }) => tools,
  dspyRemarks(_node, { tools, max_iters }, subject) {
    const names = tools.map(({ name }) => name).join(', ')
    return [
      `${subject} calls tools, which DSPy’s file does not hold, nor the most steps. Write them in Python under the same names, with the same arguments: the instructions in the file speak of them. Then load the file into dspy.ReAct(…, tools=[${names}], max_iters=${max_iters}).`,
    ]
  },
  run: runOnUse(async () => (await import('./react-run')).runReact),
})

function inputsOf({ fields }: SignatureNode): readonly Field[] {
  return fields.filter(({ role }) => role === 'input')
}

function outputsOf({ fields }: SignatureNode): readonly Field[] {
  return fields.filter(({ role }) => role === 'output')
}

function loopText(node: SignatureNode, tools: readonly Tool[]): string {
  const named = (fields: readonly Field[]): string => fields.map(({ name }) => `\`${name}\``).join(', ')
  const finish = `\`${finishTool}\`: Says that the trajectory holds all that is needed for ${named(outputsOf(node))}. Arguments: {}`
  return [
    `You work as an agent. You are given ${named(inputsOf(node))} and, in \`trajectory\`, what you have done so far. Collect with the tools below what it takes to answer ${named(outputsOf(node))}.`,
    'In each turn write `next_thought` (what you know and what is missing), `next_tool_name` (one tool) and `next_tool_args` (its arguments). What the tool returns is added to the trajectory as an observation, and you are asked again.',
    'Tools:',
    ...[...tools.map(toolLine), finish].map((line, index) => `(${index + 1}) ${line}`),
    '`next_tool_args` is a JSON object with the arguments by name.',
  ].join('\n')
}

const str: FieldType = { kind: 'str' }
const open: FieldType = { kind: 'object', fields: {} }
const made = (name: string, role: Field['role'], type: FieldType): Field => ({ id: name, name, role, type, desc: '' })

const trajectoryField = made('trajectory', 'output', open)
const trajectoryInput = made('trajectory', 'input', str)

function stepFields(tools: readonly Tool[]): readonly Field[] {
  const names = [...tools.map(({ name }) => name), finishTool]
  return [
    made('next_thought', 'output', str),
    made('next_tool_name', 'output', { kind: 'enum', values: names }),
    made('next_tool_args', 'output', open),
  ]
}
