import { isJsonObject, type Json } from '@/lib/json'
import type { Values } from '../base/example'
import type { SignatureNode } from '../program/program'
import { coerceValue } from '../signature/check-value'
import { runModelScript, type QueryAnswers, type ScriptAnswer, type ScriptEnd } from '../user-code/model-script'
import { answerOf, scriptTool } from './code-act-run'
import { namedFields } from './made-fields'
import { noteCodeOf } from './model-code'
import type { Tool } from './react-tools'
import { cutMiddle, historyText, replLanguages, variablesInfo, type ReplEntry } from './rlm-text'
import { saidBy } from './said-by'
import type { Scope } from './scope'
import { isStepFailure } from './step-failure'

interface RlmParams {
  readonly tools: readonly Tool[]
  readonly max_iters: number
  readonly max_llm_calls: number
  readonly max_output_chars: number
}

/**
 * Source: dspy-spec §3.7, dspy-spec-3.4 §E.2. What the code's own questions come to is told to the code, as far as it is the question's
 * fault; throws what the way to the model and the adapter throw for all others.
 */
export async function runRlm(node: SignatureNode, inputs: Values, scope: Scope, params: RlmParams): Promise<Values> {
  const { max_iters } = params
  const outputs = namedFields(node, 'output')
  const variables_info = variablesInfo(node, inputs)
  const repl: Repl = { inputs, outputs: outputs.map(({ name }) => name), params, blocks: [], answers: [], fromTools: [], lost: 0 }
  const entries: ReplEntry[] = []
  const seen = (): Values => ({ variables_info: [...variables_info], repl_history: historyText(entries) })
  for (let index = 0; index < max_iters; index++) {
    const asked = await scope.predict('generate_action', { ...seen(), iteration: `${index + 1}/${max_iters}` })
    const reasoning = text(asked['reasoning'])
    const { code, problem } = blockIn(text(asked['code']))
    const end = problem === undefined ? await runBlock(repl, scope, code) : { printed: '', length: 0, error: problem }
    const submitted = end.submitted === undefined ? undefined : fitOutputs(outputs, end.submitted)
    if (submitted?.values !== undefined) {
      const output = `FINAL: ${JSON.stringify(submitted.values)}`
      return { ...ended([...entries, { reasoning, code, output, length: output.length }], reasoning), ...submitted.values }
    }
    const refused = submitted?.problem ?? (end.error === undefined ? undefined : `[Error] ${end.error}`)
    const output = refused ?? (end.printed === '' ? printedNothing : end.printed)
    entries.push({ reasoning, code, output, length: refused === undefined ? end.length : output.length })
  }
  scope.stop('max-iterations')
  const values = await scope.predict('extract', seen())
  return { ...ended(entries, 'The outputs were read from what the code had printed.'), ...values }
}

function ended(entries: readonly ReplEntry[], final_reasoning: string): Values {
  return { trajectory: entries.map(({ reasoning, code, output }) => ({ reasoning, code, output })), final_reasoning }
}

/** What the blocks so far left behind: they run again in front of the next one, and are answered what they were answered. */
interface Repl {
  readonly inputs: Values
  readonly outputs: readonly string[]
  readonly params: RlmParams
  readonly blocks: string[]
  readonly answers: QueryAnswers[]
  /** What tools outside of the machine answered. */
  readonly fromTools: ScriptAnswer[]
  /** Prompts of blocks that do not run again. */
  lost: number
}

type BlockEnd = Pick<ScriptEnd, 'printed' | 'submitted' | 'error'> & {
  /** Characters it printed, of which the middle may be left out. */
  readonly length: number
}

async function runBlock(repl: Repl, scope: Scope, code: string): Promise<BlockEnd> {
  const { inputs, outputs, params, blocks, answers, fromTools } = repl
  const before = { answers: answers.length, fromTools: fromTools.length }
  const script = {
    inputs,
    tools: params.tools.map(tool => scriptTool(tool, scope)),
    blocks: [...blocks, code],
    answers: fromTools,
    repl: { outputs, mostQueries: params.max_llm_calls - repl.lost, answers, longest: longestKept },
  }
  let length = 0
  const end = await noteCodeOf(scope, code, async within => {
    for (;;) {
      const { value, asks, ...end } = await runModelScript(scope.runner, {
        ...script,
        callOutside: (name, args) => answerOf(params.tools, name, args, within),
      })
      if (asks === undefined) {
        const printed = end.printed === '' ? valueText(value) : end.printed
        length = printed.length
        return { ...end, printed: cutMiddle(printed, params.max_output_chars, leftOut) }
      }
      answers.push(await askAll(within, asks))
    }
  })
  if (end.isStopped !== true) blocks.push(code)
  // A block that was stopped would stop every later one, too.
  else {
    repl.lost += answers.splice(before.answers).flat().length
    fromTools.splice(before.fromTools)
  }
  return { ...end, length }
}

/** Characters of what a block printed that its start and end are taken from. */
const longestKept = 200_000

/** All are asked at once, and to their end before a failure that is not the prompt's ends the step. */
async function askAll(scope: Scope, prompts: readonly string[]): Promise<QueryAnswers> {
  const ends = await Promise.allSettled(prompts.map(prompt => scope.predict('sub_lm', { prompt })))
  return ends.map(end => {
    if (end.status === 'fulfilled') return { text: text(end.value['answer']) }
    if (!isStepFailure(end.reason)) throw end.reason
    return { error: saidBy(end.reason) }
  })
}

/**
 * The first fenced block, else all of it. A fence that is never closed holds the rest, and one around another is taken off. Source:
 * dspy-spec §3.7.
 */
export function blockIn(written: string): { readonly code: string; readonly problem?: string } {
  const lines = written.trim().split('\n')
  let [from, to] = [0, lines.length]
  while (
    to - from >= 2 &&
    lines[from]?.trim() === '```' &&
    lines[to - 1]?.trim() === '```' &&
    lines.slice(from + 1, to - 1).some(isFence)
  ) {
    from += 1
    to -= 1
  }
  const inner = lines.slice(from, to)
  const open = inner.findIndex(isFence)
  if (open < 0)
    return inner.join('\n').trim() === '' ? { code: written, problem: 'There was no code to run.' } : { code: inner.join('\n').trim() }
  const tag = (inner[open] ?? '').trim().slice(3).trim().split(' ')[0]?.toLowerCase() ?? ''
  if (!tags.has(tag)) return { code: written, problem: `This is a block of ${tag}, and only JavaScript is run. Write it in JavaScript.` }
  const close = inner.findIndex((line, at) => at > open && isFence(line))
  const code = inner
    .slice(open + 1, close < 0 ? inner.length : close)
    .join('\n')
    .trim()
  return code === '' ? { code: written, problem: 'There was no code to run.' } : { code }
}

function isFence(line: string): boolean {
  return line.trimStart().startsWith('```')
}

const tags: ReadonlySet<string> = new Set(['', replLanguages.javascript.tag, 'javascript', 'jsx', 'mjs', 'ts', 'typescript'])

/** The outputs as they were submitted, or what keeps them from being taken, for the model. */
function fitOutputs(outputs: ReturnType<typeof namedFields>, submitted: Json): { readonly values?: Values; readonly problem?: string } {
  const names = outputs.map(({ name }) => name)
  const submit = replLanguages.javascript.submit(names)
  if (!isJsonObject(submitted)) return { problem: `[Error] SUBMIT takes one object with the outputs by name: ${submit}.` }
  const missing = names.filter(name => !Object.hasOwn(submitted, name))
  if (missing.length > 0) return { problem: `[Error] These outputs are missing: ${missing.join(', ')}. Call ${submit}.` }
  const fitted = outputs.map(({ name, type }) => ({ name, result: coerceValue(type, submitted[name] ?? null) }))
  const wrong = fitted.flatMap(({ name, result }) => (result.ok ? [] : [`${name}: ${result.reason}`]))
  if (wrong.length > 0) return { problem: `[Type Error] ${wrong.join('; ')}` }
  return { values: Object.fromEntries(fitted.flatMap(({ name, result }) => (result.ok ? [[name, result.value]] : []))) }
}

const printedNothing = 'It printed nothing. Use print(…) to see a value.'

/** The value of the last expression, as far as there is one. */
function valueText(value: Json | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
}

function leftOut(count: number): string {
  return `\n\n... (${count.toLocaleString('en')} characters left out) ...\n\n`
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
