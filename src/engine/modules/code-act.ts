import { z } from 'zod'
import type { SignatureNode } from '../program/program'
import { defaultInstructions } from '../signature/default-instructions'
import type { Field, Signature } from '../signature/signature'
import { exactly } from '../lm/call-range'
import { scriptNames } from '../user-code/script-names'
import { reasoningField, withReasoning } from './chain-of-thought'
import { codeLanguages, type CodeLanguage } from './code-language'
import { listed, madeField, namedFields, takenNames } from './made-fields'
import { toolLine, starterTool, toolProblems, toolSchema, toolSources, type Tool } from './react-tools'
import { defineModule, runOnUse } from './step'

/**
 * DSPy's `CodeAct`: the model writes code that calls tools, looks at what it printed, and writes more, until it says that all is there;
 * then a second predictor answers from what was seen. Source: the CodeAct paper (Wang et al. 2024), dspy-spec §3.6.
 * Differs: code and tools are JavaScript, in the code runner, where DSPy runs Python. What a block declared by `var` or `function` is there
 * for the next; the blocks before run again for that (see `runModelScript`).
 */
export const codeAct = defineModule({
  id: 'code-act',
  title: 'CodeAct',
  help: 'Writes JavaScript that calls your tools, reads what it printed, and goes on until it knows enough, then answers. One block of code may call many tools.',
  dspyName: 'CodeAct',
  params: z.object({
    tools: z.array(toolSchema).default([]).meta({ title: 'Tools', help: 'What the code may call.', widget: 'tools', endTool: '' }),
    max_iters: z.number().int().min(1).max(50).default(5).meta({
      title: 'Most blocks of code',
      help: 'After so many it answers with what it has.',
    }),
  }),
  starter: { tools: [starterTool] },
  runsModelCode: true,
  addedOutputs: () => [trajectoryOutput, reasoningField],
  slots(node, { tools, max_iters }) {
    const inputs = [...namedFields(node, 'input'), trajectoryField]
    const asking =
      (language: CodeLanguage) =>
      (instructions: string): Signature => ({
        instructions: `${instructions}\n\n${loopText(node, tools, language)}`.trim(),
        fields: [...inputs, codeField, finishedField],
      })
    const common = { defaultInstructions: defaultInstructions(node.fields) }
    return [
      {
        key: 'codeact',
        title: 'codeact',
        dspyPath: 'codeact',
        calls: { low: 1, expected: Math.min(max_iters, 2), high: max_iters },
        ...common,
        signature: asking(codeLanguages.javascript),
        dspySignature: asking(codeLanguages.python),
      },
      {
        key: 'extractor',
        title: 'extractor',
        dspyPath: 'extractor.predict',
        calls: exactly(1),
        ...common,
        signature: instructions => withReasoning({ instructions, fields: [...inputs, ...namedFields(node, 'output')] }),
      },
    ]
  },
  problems: (node, { tools }) => [
    ...takenNames(node, 'CodeAct', [codeField, finishedField, trajectoryField]),
    ...toolProblems(node.name, tools, ''),
    ...tools
      .filter(({ name }) => scriptNames.has(name))
      .map(({ name }) => `A tool of ${node.name} is called "${name}", which the code has already. Rename it.`),
  ],
  sources: (_node, { tools }) => toolSources(tools),
  tools: (_node, { tools }) => tools,
  dspyRemarks(_node, { tools, max_iters }, subject) {
    const names = tools.map(({ name }) => name).join(', ')
    return [
      `${subject} runs JavaScript that the model writes, with tools of the studio; dspy.CodeAct runs Python, and the file asks for it: demos that hold JavaScript do not fit there. Write the tools in Python, as functions that import nothing from outside, under the same names with the same arguments. Then load the file into dspy.CodeAct(…, tools=[${names}], max_iters=${max_iters}).`,
    ]
  },
  typeScriptRemarks: (_node, { max_iters }, subject) => [
    `${subject} runs JavaScript that the model writes, up to ${max_iters} blocks for each call, in a sandbox of its own (sandbox.js). Its tools in JavaScript run there, too, as they stand in program.json.`,
  ],
  run: runOnUse(async () => (await import('./code-act-run')).runCodeAct),
})

const trajectoryField = madeField('trajectory', 'input')
const trajectoryOutput: Field = madeField('trajectory', 'output', '', { kind: 'object', fields: {} })
const codeField = madeField('generated_code', 'output', 'The next block of code.')
const finishedField = madeField('finished', 'output', 'Whether all that is needed is there once this block has run.', { kind: 'bool' })

function loopText(node: SignatureNode, tools: readonly Tool[], { name, rules, blocks, call }: CodeLanguage): string {
  const [first] = tools
  const example = first === undefined ? '' : ` Call them as ${call(first.name, first.args)}.`
  return [
    `You work as an agent that writes ${name}. You are given ${listed(node, 'input')} and, in \`trajectory\`, the code you wrote so far with what came of it.`,
    `In each turn write the next block in \`generated_code\`, which collects what it takes to answer ${listed(node, 'output')}. What it prints is shown to you in the next turn. Set \`finished\` to true with the block after which nothing is missing.`,
    ...rules,
    blocks,
    `These functions are there:${example}`,
    ...tools.map((tool, index) => `(${index + 1}) ${toolLine(tool)}`),
  ].join('\n')
}
