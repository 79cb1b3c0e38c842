import { pythonJson } from '@/lib/python-text'
import type { Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { StepNode } from '../program/program'
import { promptTypeName } from '../signature/type-name'
import { listed, namedFields } from './made-fields'
import { toolLine, type Tool } from './react-tools'

/** What the model is told of the language it explores in: ours runs JavaScript, and DSPy's file goes to where Python runs. */
export interface ReplLanguage {
  readonly name: string
  /** Of a fence. */
  readonly tag: string
  readonly rules: string
  /** The call that hands in the outputs. */
  submit(outputs: readonly string[]): string
}

export const replLanguages: Readonly<Record<'javascript' | 'python', ReplLanguage>> = {
  javascript: {
    name: 'JavaScript',
    tag: 'js',
    rules:
      'There is the language itself and nothing else: no modules, no network, no files, no async or await: `llm_query` returns its answer. The date and random numbers are always the same. What a block declares by `var` or `function` is there in later blocks, and what it declares by `let` or `const` is not. Changes to the variables of the inputs do not last.',
    submit: outputs => `SUBMIT({ ${outputs.join(', ')} })`,
  },
  python: {
    name: 'Python',
    tag: 'python',
    rules:
      'There is the standard library. What a block declares is there in later blocks. Changes to the variables of the inputs do not last.',
    submit: outputs => `SUBMIT(${outputs.map(name => `${name}=…`).join(', ')})`,
  },
}

interface Bounds {
  readonly max_llm_calls: number
  readonly tools: readonly Tool[]
}

/** What is added to the instructions of the predictor that writes code. */
export function exploreText(node: StepNode, { max_llm_calls, tools }: Bounds, { name, rules, submit }: ReplLanguage): string {
  const outputs = namedFields(node, 'output')
  return [
    `Work these out: ${outputs.map(field => `\`${field.name}\` (${promptTypeName(field.type)})`).join(', ')}.`,
    `You do it by writing ${name}, one block in each turn, which is run; the next turn shows what it printed.`,
    rules,
    'Blocks have these at hand:',
    `- ${listed(node, 'input')}: variables with the inputs. They may be long, and only their start and end are shown to you.`,
    '- `print(…)`: shows you a value. Nothing else of what a block does is shown.',
    '- `llm_query(prompt)`: asks another model and returns its answer as text. It sees nothing but the prompt.',
    `- \`llm_query_batched(prompts)\`: asks it many prompts at once and returns a list of answers. In all, ${max_llm_calls} prompts may be asked.`,
    `- \`${submit(outputs.map(field => field.name))}\`: hands in the outputs and ends the work.`,
    ...tools.map(tool => `- ${toolLine(tool)}`),
    'Look at the inputs before you work on them, and go in small steps. Find places by code and meaning by `llm_query`. Hand long values on by variables, do not type them again. Print what you found, and submit it in a later turn, once you have seen that it is right.',
  ].join('\n')
}

export function extractText(node: StepNode): string {
  return `Inputs were explored by code for this: \`repl_history\` shows the code with what it printed. Give ${listed(node, 'output')} by it, as far as it is known.`
}

/** One turn: what the model wrote, and what came of it. */
export interface ReplEntry {
  readonly reasoning: string
  readonly code: string
  /** Without its middle where it is long. */
  readonly output: string
  /** Characters of the whole of it. */
  readonly length: number
}

/** As the predictors see the turns so far. */
export function historyText(entries: readonly ReplEntry[]): string {
  if (entries.length === 0) return 'No code has run yet.'
  return entries
    .map(({ reasoning, code, output, length }, index) =>
      [
        `=== Step ${index + 1} ===`,
        ...(reasoning === '' ? [] : [`Reasoning: ${reasoning}`]),
        `Code:\n\`\`\`${replLanguages.javascript.tag}\n${code}\n\`\`\``,
        `Output (${length.toLocaleString('en')} chars):\n${output}`,
      ].join('\n'),
    )
    .join('\n')
}

/** What is told of each input instead of its value: a list of texts, one an input. Source: dspy-spec §3.7. */
export function variablesInfo(node: StepNode, inputs: Values): readonly string[] {
  return namedFields(node, 'input').map(({ name, type, desc }) => {
    const value = inputs[name] ?? null
    const text =
      typeof value === 'string' ? value : typeof value === 'object' && value !== null ? JSON.stringify(value, null, 2) : pythonJson(value)
    return [
      `Variable: \`${name}\``,
      `Type: ${kindOf(value)} (${promptTypeName(type)})`,
      ...(desc === '' ? [] : [`Description: ${desc}`]),
      `Total length: ${text.length.toLocaleString('en')} characters`,
      `Preview:\n\`\`\`\n${cutMiddle(text, previewChars, () => '...')}\n\`\`\``,
    ].join('\n')
  })
}

const previewChars = 1000

function kindOf(value: Json): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

/** The start and the end of a text that is longer; of an odd length the end gets one more. What falls out is said by `note`. */
export function cutMiddle(text: string, most: number, note: (left: number) => string): string {
  if (text.length <= most) return text
  const head = Math.floor(most / 2)
  return `${text.slice(0, head)}${note(text.length - most)}${text.slice(text.length - (most - head))}`
}
