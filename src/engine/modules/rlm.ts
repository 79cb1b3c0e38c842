import { z } from 'zod'
import { defaultInstructions } from '../signature/default-instructions'
import type { Signature } from '../signature/signature'
import type { FieldType } from '../signature/types/field-type'
import { scriptNames } from '../user-code/script-names'
import { madeField, namedFields, takenNames } from './made-fields'
import { toolFaults, toolSchema, toolSources } from './react-tools'
import { exploreText, extractText, replLanguages, type ReplLanguage } from './rlm-text'
import { defineModule, runOnUse } from './step'

/**
 * DSPy's `RLM`, a recursive language model: what may be too long for a prompt is put into variables. The model is told what they are and
 * writes code that looks into them, block by block; the code asks a second model about parts of them, and submits the outputs. Source: the
 * paper (Zhang, Kraska, Khattab 2025), dspy-spec §3.7, dspy-spec-3.4 §E.2.
 * Differs: the code is JavaScript, in the code runner, where DSPy runs Python. The model that the code asks is a predictor with instructions
 * of its own, so that it can be chosen, tuned and counted; DSPy sends its `sub_lm` the prompt alone. Code builds no modules of its own.
 */
export const rlm = defineModule({
  id: 'rlm',
  title: 'RLM',
  help: 'For inputs too long for one prompt: the model writes JavaScript that searches them and asks a second model about parts of them.',
  dspyName: 'RLM',
  params: z.object({
    max_iters: z.number().int().min(1).max(50).default(20).meta({
      title: 'Most blocks of code',
      help: 'After so many it answers from what it has seen.',
    }),
    max_llm_calls: z.number().int().min(0).max(500).default(50).meta({
      title: 'Most questions to the second model',
      help: 'Of all blocks together, in one run of the step. Each question is a request.',
    }),
    max_output_chars: z.number().int().min(100).max(100_000).default(10_000).meta({
      title: 'Most characters shown of a block',
      help: 'Of more, the start and the end are shown.',
    }),
    tools: z
      .array(toolSchema)
      .default([])
      .meta({ title: 'Tools', help: 'What the code may call besides. It needs none.', widget: 'tools', endTool: '' }),
  }),
  runsModelCode: true,
  addedOutputs: () => [trajectoryOutput, reasoningOutput],
  slots(node, params) {
    const common = { defaultInstructions: defaultInstructions(node.fields) }
    const exploring =
      (language: ReplLanguage) =>
      (instructions: string): Signature => ({
        instructions: `${instructions}\n\n${exploreText(node, params, language)}`.trim(),
        fields: [variablesField, historyField, iterationField, reasoningField, codeField],
      })
    return [
      {
        key: 'generate_action',
        title: 'generate_action',
        dspyPath: 'generate_action',
        calls: { low: 1, expected: Math.min(params.max_iters, 4), high: params.max_iters },
        ...common,
        signature: exploring(replLanguages.javascript),
        dspySignature: exploring(replLanguages.python),
      },
      {
        key: 'extract',
        title: 'extract',
        dspyPath: 'extract',
        calls: { low: 0, expected: 0, high: 1 },
        ...common,
        signature: instructions => ({
          instructions: `${instructions}\n\n${extractText(node)}`.trim(),
          fields: [variablesField, historyField, ...namedFields(node, 'output')],
        }),
      },
      {
        key: 'sub_lm',
        title: 'sub_lm',
        dspyPath: 'sub_lm',
        isOnlyHere: true,
        calls: { low: 0, expected: Math.min(params.max_llm_calls, 4), high: params.max_llm_calls },
        defaultInstructions: 'Do what the prompt asks.',
        signature: instructions => ({ instructions, fields: [promptField, answerField] }),
      },
    ]
  },
  problems: (node, { tools }) => [
    ...takenNames({ ...node, fields: namedFields(node, 'output') }, 'RLM', [
      trajectoryOutput,
      reasoningOutput,
      variablesField,
      historyField,
    ]),
    ...takenNames({ ...node, fields: namedFields(node, 'input') }, 'RLM', reservedNames),
    ...toolFaults(node.name, tools, '').map(({ message }) => message),
    ...tools.flatMap(({ name }) => {
      if (reservedNames.some(one => one.name === name))
        return [`A tool of ${node.name} is called "${name}", which the code has already. Rename it.`]
      const isInput = namedFields(node, 'input').some(field => field.name === name)
      return isInput ? [`${node.name} has an input and a tool called "${name}", and the code sees only one of them. Rename one.`] : []
    }),
  ],
  sources: (_node, { tools }) => toolSources(tools),
  tools: (_node, { tools }) => tools,
  dspyRemarks(_node, { tools, max_iters, max_llm_calls, max_output_chars }, subject) {
    const names = tools.map(({ name }) => name)
    const given = names.length === 0 ? '' : `, tools=[${names.join(', ')}]`
    const written = names.length === 0 ? '' : ' Write its tools in Python, as functions under the same names with the same arguments.'
    return [
      `${subject} runs JavaScript that the model writes; dspy.RLM runs Python, and the file asks for it: demos that hold JavaScript do not fit there.${written} Load the file into dspy.RLM(…, max_iters=${max_iters}, max_llm_calls=${max_llm_calls}, max_output_chars=${max_output_chars}${given}).`,
      `${subject} has an entry "sub_lm" in the file, for the model that its code asks. DSPy leaves it out: hand a model of its own over as sub_lm=dspy.LM(…); instructions and demos have no place there.`,
    ]
  },
  typeScriptRemarks: (_node, { max_iters, max_llm_calls, tools }, subject) => [
    `${subject} runs JavaScript that the model writes, up to ${max_iters} blocks and ${max_llm_calls} questions of its own for each call, in a sandbox of its own (sandbox.js).${tools.length === 0 ? '' : ' Its tools in JavaScript run there, too, as they stand in program.json.'}`,
  ],
  run: runOnUse(async () => (await import('./rlm-run')).runRlm),
})

/** What the code finds in place. */
const reservedNames = [...scriptNames, 'llm_query', 'llm_query_batched'].map(name => ({ name }))

const entryType: FieldType = {
  kind: 'object',
  fields: { reasoning: { kind: 'str' }, code: { kind: 'str' }, output: { kind: 'str' } },
}
const trajectoryOutput = madeField('trajectory', 'output', '', { kind: 'list', of: entryType })
const reasoningOutput = madeField('final_reasoning', 'output')

const variablesField = madeField('variables_info', 'input', 'What the variables hold.')
const historyField = madeField('repl_history', 'input', 'The code so far, with what it printed.')
const iterationField = madeField('iteration', 'input', 'The number of this turn, of the most there may be.')
const reasoningField = madeField('reasoning', 'output', 'What is known, what is missing, and what to do next.')
const promptField = madeField('prompt', 'input')
const answerField = madeField('answer', 'output')
const codeField = madeField('code', 'output', 'The next block of code, in a fence.')
