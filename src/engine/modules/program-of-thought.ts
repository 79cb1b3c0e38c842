import { z } from 'zod'
import type { SignatureNode } from '../program/program'
import { defaultInstructions } from '../signature/default-instructions'
import type { Field, Signature } from '../signature/signature'
import { exactly } from '../lm/call-range'
import { reasoningField, withReasoning } from './chain-of-thought'
import { codeLanguages, type CodeLanguage } from './code-language'
import { listed, madeField, namedFields, takenNames } from './made-fields'
import { defineModule, runOnUse } from './step'

/**
 * DSPy's `ProgramOfThought`: the model writes a program, which is run; where it fails the model mends it; then the answer is read from
 * what it returned. Source: the paper (Chen et al. 2022), dspy-spec §3.5.
 * Differs: the code is JavaScript, in the code runner, where DSPy runs Python. It finds the inputs as `inputs`. The written instructions
 * stand in all three prompts; in DSPy they stand in none. What it adds to them is added when the model is asked, as in ReAct.
 */
export const programOfThought = defineModule({
  id: 'program-of-thought',
  title: 'ProgramOfThought',
  help: 'Lets the model write a program, runs it, has it mended where it fails, and answers from what it returned. Good for sums, dates and counting. The program is JavaScript; it runs apart from the page and reaches nothing.',
  dspyName: 'ProgramOfThought',
  params: z.object({
    max_iters: z.number().int().min(1).max(20).default(3).meta({
      title: 'Most programs',
      help: 'After so many programs that failed, the step fails.',
    }),
  }),
  runsModelCode: true,
  addedOutputs: () => [reasoningField],
  slots(node, { max_iters }) {
    const inputs = namedFields(node, 'input')
    const common = { defaultInstructions: defaultInstructions(node.fields) }
    const asking = (fields: readonly Field[], textOf: (node: SignatureNode, language: CodeLanguage) => string) => ({
      signature: (instructions: string): Signature => signatureOf(instructions, textOf(node, codeLanguages.javascript), fields),
      dspySignature: (instructions: string): Signature => signatureOf(instructions, textOf(node, codeLanguages.python), fields),
    })
    return [
      {
        key: 'code_generate',
        title: 'code_generate',
        dspyPath: 'code_generate.predict',
        calls: exactly(1),
        ...common,
        ...asking([...inputs, codeField], generateText),
      },
      {
        key: 'code_regenerate',
        title: 'code_regenerate',
        dspyPath: 'code_regenerate.predict',
        calls: { low: 0, expected: 0, high: max_iters - 1 },
        ...common,
        ...asking([...inputs, ...failedFields, codeField], regenerateText),
      },
      {
        key: 'generate_output',
        title: 'generate_output',
        dspyPath: 'generate_output.predict',
        calls: exactly(1),
        ...common,
        ...asking([...inputs, ...ranFields, ...namedFields(node, 'output')], outputText),
      },
    ]
  },
  problems: node => takenNames(node, 'ProgramOfThought', [codeField, ...failedFields, ...ranFields]),
  dspyRemarks: (_node, { max_iters }, subject) => [
    `${subject} runs JavaScript that the model writes; dspy.ProgramOfThought runs Python, and the file asks for it: demos that hold JavaScript do not fit there. Load the file into dspy.ProgramOfThought(…, max_iters=${max_iters}).`,
  ],
  typeScriptRemarks: (_node, { max_iters }, subject) => [
    `${subject} runs JavaScript that the model writes, up to ${max_iters} programs for each call, in a sandbox of its own (sandbox.js).`,
  ],
  run: runOnUse(async () => (await import('./program-of-thought-run')).runProgramOfThought),
})

function signatureOf(instructions: string, added: string, fields: readonly Field[]): Signature {
  return withReasoning({ instructions: `${instructions}\n\n${added}`.trim(), fields })
}

const codeField = madeField('generated_code', 'output', 'The program that works out the answer.')
const failedFields = [
  madeField('previous_code', 'input', 'The program before, which failed.'),
  madeField('error', 'input', 'What went wrong with it.'),
]
const ranFields = [
  madeField('final_generated_code', 'input', 'The program that was run.'),
  madeField('code_output', 'input', 'What it returned.'),
]

function generateText(node: SignatureNode, language: CodeLanguage): string {
  return [
    `Write a ${language.name} program in \`generated_code\` that works out ${listed(node, 'output')} from ${listed(node, 'input')}.`,
    ...endText(node, language),
  ].join('\n')
}

function regenerateText(node: SignatureNode, language: CodeLanguage): string {
  return [
    `The ${language.name} program in \`previous_code\` failed; \`error\` says how. Write it anew in \`generated_code\`, so that it does not.`,
    ...endText(node, language),
  ].join('\n')
}

function endText(node: SignatureNode, language: CodeLanguage): readonly string[] {
  const example = namedFields(node, 'output').map(({ name }) => `${language.key(name)}: …`)
  return [
    ...language.rules,
    `When it has the result it calls SUBMIT({${example.join(', ')}}), which is there already, with the value of each output.`,
  ]
}

function outputText(node: SignatureNode): string {
  return `A program was run for this: \`final_generated_code\`. It returned \`code_output\`. Give ${listed(node, 'output')} by it.`
}
