import { isJsonObject, parseJson, type Json } from '@/lib/json'
import { finishTool } from '@/engine/base/agent-words'
import type { Prompt, PromptField, PromptValues } from '@/engine/adapters/prompt/prompt'
import { agentTrajectory, printedCall, splitFunctions, submittedIn } from '@/engine/adapters/prompt/read-code'
import { replPrompt, shownValues, type ReplPrompt } from '@/engine/adapters/prompt/read-repl'
import { coerceValue } from '@/engine/signature/check-value'
import { nextTurn } from '../agent/next-turn'
import type { Noise } from '../text/noise'
import type { Answer } from '../text/reasoning'

type Answers = Readonly<Record<string, Json>>

/**
 * The outputs of a prompt that asks for code; undefined for any other. It works the answers out as it would without code and writes a
 * program that submits them, or one call of the function that it would call next as an agent.
 */
export function writeCode(prompt: Prompt, noise: Noise, answer: (field: PromptField, prompt: Prompt) => Answer): Answers | undefined {
  const names = prompt.outputs.map(({ name }) => name)
  const repl = names.includes('code') ? replPrompt(prompt) : undefined
  if (repl !== undefined) return exploration(repl, prompt, answer)
  if (!names.includes('generated_code')) return undefined
  return names.includes('finished')
    ? nextBlock(prompt, noise)
    : { ...program(prompt, answer), reasoning: 'The program works the answer out.' }
}

function program(prompt: Prompt, answer: (field: PromptField, prompt: Prompt) => Answer): Answers {
  const { previous_code: _code, error: _error, ...request } = prompt.request
  const asked: Prompt = { ...prompt, request, demos: [], instructions: ownInstructions(prompt.instructions) }
  const values = submittedIn(prompt.instructions).map(name => {
    const { value } = answer({ name, type: { kind: 'any' }, desc: '' }, asked)
    return [name, typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value] as const
  })
  return { generated_code: `SUBMIT(${JSON.stringify(Object.fromEntries(values))})` }
}

/** First it asks about all that there is, piece by piece; then it answers from what came of that. */
function exploration(repl: ReplPrompt, prompt: Prompt, answer: (field: PromptField, prompt: Prompt) => Answer): Answers {
  if (repl.printed === undefined) return { reasoning: 'Let me see what is in there.', code: pieces(repl) }
  const asked: Prompt = { ...prompt, instructions: repl.instructions, demos: [], request: shownValues(repl) }
  const values = repl.outputs.map(field => [field.name, answer(field, asked).value] as const)
  return { reasoning: 'What was printed answers it.', code: `SUBMIT(${JSON.stringify(Object.fromEntries(values))})` }
}

/**
 * Code that asks about all there is, with the instructions in front of it; of what is too long to be shown, about the sentences that have
 * the most words in common with the rest.
 */
function pieces({ instructions, variables, queries }: ReplPrompt): string {
  const long = variables.filter(({ isWhole }) => !isWhole)
  const cut = long.length === 0 ? variables : long
  const rest = variables.filter(variable => !cut.includes(variable))
  const whole = `var whole = ${joined(cut)}`
  if (queries === 0) return `${whole}\nprint(whole.slice(0, 4000))`
  const most = Math.min(queries, 8)
  return [
    whole,
    `var rest = ${joined(rest)}`,
    `var task = (${JSON.stringify(instructions)} + '\\n' + rest).trim()`,
    ...(long.length === 0 || rest.length === 0
      ? [
          'var pieces = []',
          `for (var at = 0; at < whole.length && pieces.length < ${most}; at += 8000) pieces.push(whole.slice(at, at + 8000))`,
        ]
      : [
          'var terms = rest.toLowerCase().match(/[a-z0-9]{4,}/g) || []',
          'var shared = piece => terms.filter(term => piece.toLowerCase().includes(term)).length',
          `var sentences = [...new Set(whole.split(/[.!?\\n]+/).map(one => one.trim()).filter(one => one !== ''))]`,
          `var pieces = sentences.map(one => [shared(one), one]).sort((a, b) => b[0] - a[0]).slice(0, ${most}).map(pair => pair[1] + '.')`,
        ]),
    `var found = llm_query_batched(pieces.map(piece => task + '\\n\\n' + piece))`,
    `print(found.join('\\n'))`,
  ].join('\n')
}

function joined(variables: ReplPrompt['variables']): string {
  const parts = variables.map(({ name }) => `(typeof ${name} === 'string' ? ${name} : JSON.stringify(${name}))`)
  return `[${parts.join(', ')}].join('\\n')`
}

/**
 * A prompt of RLM that is no turn, as one that holds the values themselves: what code printed, and in a question of the code the task in its
 * first paragraph and the text behind it. Any other as it is.
 */
export function asSeen(prompt: Prompt): Prompt {
  const repl = replPrompt(prompt)
  if (repl !== undefined) return { ...prompt, instructions: repl.instructions, request: shownValues(repl) }
  const { prompt: question, ...rest } = prompt.request
  const gap = question?.indexOf('\n\n') ?? -1
  if (question === undefined || gap < 0 || Object.keys(rest).length > 0) return prompt
  return { ...prompt, instructions: question.slice(0, gap), request: { text: question.slice(gap).trim() } }
}

function nextBlock(prompt: Prompt, noise: Noise): Answers {
  const { instructions, tools } = splitFunctions(prompt.instructions)
  const turn = nextTurn({ ...asAgent(prompt), instructions, tools: [...tools, { name: finishTool, desc: '', args: [] }], demos: [] }, noise)
  const tool = String(turn['next_tool_name'])
  if (tool === finishTool) return { generated_code: "print('done')", finished: true }
  return { generated_code: printedCall(tool, turn['next_tool_args'] ?? {}), finished: false }
}

/** A prompt with what code did, as an agent that calls tools would have done it; the prompt itself where it shows nothing of that. */
export function asAgent(prompt: Prompt): Prompt {
  const entry = Object.entries(prompt.request).find(([name]) => name === 'trajectory')
  if (entry === undefined || entry[1] === '{}') return entry === undefined ? prompt : withTrajectory(prompt, '')
  const trajectory = agentTrajectory(entry[1])
  return trajectory === undefined ? prompt : withTrajectory(prompt, trajectory)
}

function withTrajectory(prompt: Prompt, trajectory: string): Prompt {
  const request: PromptValues = { ...prompt.request, trajectory }
  return { ...prompt, request }
}

/** What a program returned for an output; undefined where there is none or it does not fit. */
export function returnedFor({ name, type }: PromptField, { request }: Prompt): Answer | undefined {
  const output = request['final_generated_code'] === undefined ? undefined : request['code_output']
  const returned = output === undefined ? undefined : parseJson(output)
  const value = returned?.ok && isJsonObject(returned.value) ? returned.value[name] : undefined
  const fitted = value === undefined || value === null ? undefined : coerceValue(type, value)
  return fitted?.ok ? { value: fitted.value } : undefined
}

/** What the step added to the task comes last, as a paragraph of its own. */
function ownInstructions(task: string): string {
  return task.slice(0, Math.max(0, task.lastIndexOf('\n\n')))
}
